// How far the CPU's core is from the exact one, from end to end: what the errors of its steps, each
// checked from what it was given, add up to.
#pragma once

#include "bench/machine.h"
#include "bench/row.h"
#include "engine/image/source.h"
#include "engine/model/model.h"

namespace corticast::bench {

// "core against float64": every value of the last pool's output for the first image. The exact core
// takes a minute or more at full width. bound: of fp32-strict 3e-6 and of fp32 8e-6 rms/rms.
// Throws Error{kDevice} where machine is not the CPU or lacks the method, Error{kImage}.
Row core_error_row(const Machine& machine, const Model& model, const ImageSource& images,
                   const Method& method, const Conditions& where);

}  // namespace corticast::bench
