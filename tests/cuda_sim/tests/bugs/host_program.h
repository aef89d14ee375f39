// Small host programs that the tests of host-side bugs are made of.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "tests/cuda_sim/machine/report.h"
#include "tests/cuda_sim/tests/kernels/device_array.h"

namespace cuda_sim::bugs {

inline constexpr int kCount = 500;
inline constexpr std::size_t kBytes = kCount * sizeof(float);

// One that does not wait for the default stream.
struct Stream {
  cudaStream_t handle = nullptr;

  Stream();
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Work queued here from now on comes after what `other` holds now.
  void wait_for(const Stream& other) const;
};

// kCount ones in pinned memory.
struct Pinned {
  float* data = nullptr;

  Pinned();
  ~Pinned();
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
};

// A kernel that reads and writes x, of kCount.
void work(float* x, const Stream& stream);
void upload(float* x, const Pinned& from, const Stream& stream);
void download(const Pinned& to, const float* x, const Stream& stream);

// Checks: `count` reports, all of this fault and at places that begin so.
void check_reported(Fault fault, const std::string& where, std::size_t count = 1);
void check_clean();

}  // namespace cuda_sim::bugs
