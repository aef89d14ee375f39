// Weights from the mapped model file to the device, in the format of the program.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/cuda/counters.h"
#include "engine/backend/cuda/stream.h"
#include "kernels/conv2d.h"
#include "kernels/cuda/kernels.h"

namespace corticast::cuda {

// A matrix of the model file [.., width] float32, of which some rows go to the device.
struct RowMatrix {
  const float* values;
  std::uint64_t width;
  std::span<const std::uint32_t> rows;  // to[i] = values[rows[i]]; no other row is read
};

// Copies through its own stream; every call returns when the data is on the device. `what` is for
// messages.
class Uploader {
 public:
  // staging: device memory that nobody uses meanwhile, for data that is converted there; at least
  // one row or filter bank of what is uploaded. overflows: counts finite weights that the format
  // cannot hold.
  Uploader(void* staging, std::uint64_t staging_bytes, Counter* overflows)
      : staging_(staging), staging_bytes_(staging_bytes), overflows_(overflows) {}

  void copy(const void* from, std::uint64_t bytes, void* to, const std::string& what);
  void zero(void* to, std::uint64_t bytes, const std::string& what);
  // to: [rows, width] float32.
  void rows(const RowMatrix& from, float* to, const std::string& what);
  // to: [rows, padded] of element, zeros beyond width.
  void rows(const RowMatrix& from, std::uint64_t padded, kernels::cuda::Element element, void* to,
            const std::string& what);
  // from: [out, in, k, k] with from_channels channels; to: [out, k, k, shape.in_channels] of
  // element, zeros beyond from_channels.
  void filters(const float* from, int from_channels, const kernels::Conv2dShape& shape,
               kernels::cuda::Element element, void* to, const std::string& what);

 private:
  // Calls use(gathered, first, count) for pieces of at most `most` rows.
  template <typename Use>
  void in_pieces(const RowMatrix& from, std::uint64_t most, const Use& use);

  Stream stream_;
  std::vector<float> gathered_;
  void* staging_;
  std::uint64_t staging_bytes_;
  Counter* overflows_;
};

}  // namespace corticast::cuda
