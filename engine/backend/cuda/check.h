// Turns error codes of the CUDA runtime into corticast::Error.
#pragma once

#include <cuda_runtime_api.h>

#include <string>

#include "engine/base/error.h"

namespace corticast::cuda {

// Throws Error{kDevice} unless status is success. doing: what was tried, "copying images to the
// device"; the runtime's own text follows. An error that asynchronous work left behind is reported
// by whichever call comes next.
void check(cudaError_t status, const std::string& doing);

// "out of memory (cudaErrorMemoryAllocation)".
std::string to_string(cudaError_t status);

}  // namespace corticast::cuda
