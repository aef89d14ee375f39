// One CUDA device behind the backend interface.
#pragma once

#include <memory>

#include "engine/backend/backend.h"

namespace corticast::cuda {

// Throws Error{kDevice} saying what is missing: driver, device, cuDNN.
std::unique_ptr<Backend> open_cuda_backend(int ordinal);

}  // namespace corticast::cuda
