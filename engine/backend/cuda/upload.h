// Weights from the mapped model file to the device.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/cuda/stream.h"

namespace corticast::cuda {

// Copies through its own stream; every call returns when the data is on the device.
class Uploader {
 public:
  void copy(const void* from, std::uint64_t bytes, void* to, const std::string& what);
  // Gathers rows [row, width] of a float matrix so that to[i] = from[rows[i]]; reads no other row.
  void gather(const float* from, std::uint64_t width, std::span<const std::uint32_t> rows,
              float* to, const std::string& what);

 private:
  Stream stream_;
  std::vector<float> staging_;
};

}  // namespace corticast::cuda
