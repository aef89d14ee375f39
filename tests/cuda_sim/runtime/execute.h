// Running one operation whose turn has come.
#pragma once

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

// All that comes before it is done. A fault is reported and becomes the device's sticky error; on a
// device that is lost nothing runs.
void execute(State& state, Operation& operation);

}  // namespace cuda_sim::runtime
