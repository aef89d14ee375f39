// The benchmark that the flags ask for.
#pragma once

#include "bench/flags.h"

namespace corticast::bench {

// Prints rows to standard output as they are measured, notes to standard error. Combinations that
// the device lacks are noted and left out. Returns the exit code: 0, 6 when something was left out,
// 7 when a check failed. Throws what cannot be left out.
int run(const Flags& flags);

}  // namespace corticast::bench
