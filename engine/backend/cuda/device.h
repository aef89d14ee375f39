// One CUDA device, as the backend needs to know it.
#pragma once

#include <cstdint>
#include <string>

namespace corticast::cuda {

struct Device {
  int ordinal;
  std::string name;        // "NVIDIA H100 80GB HBM3"
  int compute_capability;  // 90 for 9.0
  int multiprocessors;

  // Makes it the calling thread's current device, which every call of the runtime means. Returns
  // itself. Throws Error{kDevice}.
  const Device& use() const;
};

// Throws Error{kDevice}: no driver, no device, an ordinal beyond the last (with the count), or a
// card that this build has no code for; each with the remedy.
Device open_device(int ordinal);

}  // namespace corticast::cuda
