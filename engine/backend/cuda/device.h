// One CUDA device, as the backend needs to know it.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/cuda/kernels.h"

namespace corticast::cuda {

struct Device {
  int ordinal;
  std::string name;        // "NVIDIA H100 80GB HBM3"
  int compute_capability;  // 90 for 9.0
  int multiprocessors;
  std::size_t shared_bytes_per_block;  // the opt-in limit
  std::size_t l2_bytes;
  std::size_t memory_bytes;
  int driver_version;  // 13000: the newest CUDA version that the driver knows, 13.0

  // What kernels must know of it.
  kernels::cuda::Card card() const {
    return {compute_capability, multiprocessors, shared_bytes_per_block};
  }

  // Makes it the calling thread's current device, which every call of the runtime means. Returns
  // itself. Throws Error{kDevice}.
  const Device& use() const;
};

// How many there are, at least 1. Throws Error{kDevice} where there is none: no driver, no device.
int device_count();

// Throws Error{kDevice}: no driver, no device, an ordinal beyond the last (with the count), or a
// card that this build has no code for; each with the remedy.
Device open_device(int ordinal);

}  // namespace corticast::cuda
