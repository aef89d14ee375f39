// A real device makes progress by itself, so a program may sleep until a function that it gave to
// cudaLaunchHostFunc has run. Such functions, and what comes before them, run after a while even
// when nobody waits for the stream.
#pragma once

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

// Called when one has been queued.
void expect_progress(State& state);

}  // namespace cuda_sim::runtime
