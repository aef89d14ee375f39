// Devices of streams, for functions of C libraries: they answer, they do not throw.
#pragma once

#include <driver_types.h>

#include <stdexcept>

#include "tests/cuda_sim/runtime/library_work.h"

namespace cuda_sim {

// Null when the stream is not alive or there is no device. A null stream: the current device.
inline Device* device_of(cudaStream_t stream) {
  try {
    return &runtime::device_of(stream);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

}  // namespace cuda_sim
