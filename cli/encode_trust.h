// Before the first image: whether the device may be trusted with a run.
#pragma once

#include "cli/encode_flags.h"
#include "cli/encode_plan.h"
#include "cli/progress.h"

namespace corticast::cli {

// Runs the selftest that a device's first use begins with, unless it passed before or the flags
// forbid it. A GPU that `auto` chose and that fails is replaced by the CPU, which is noted; any
// other that fails is an Error{kDevice}.
void trust_device(EncodePlan& plan, const EncodeFlags& flags, ProgressReport& report);

}  // namespace corticast::cli
