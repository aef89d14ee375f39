// Error codes as text, and the calling thread's last error.
#pragma once

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

const char* error_name(cudaError_t code);
const char* error_text(cudaError_t code);

// The code of the thread's last call that failed, forgotten afterwards if `forget`; that of a lost
// device stays.
cudaError_t last_error(State& state, bool forget);

}  // namespace cuda_sim::runtime
