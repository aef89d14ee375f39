// Convolution + bias + ReLU on the device: one fused plan of cuDNN, chosen by what it does to the
// numbers. NCHW float32.
#pragma once

#include <cstdint>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/cudnn/descriptor.h"
#include "kernels/conv2d.h"

namespace corticast::cuda {

// A plan's working memory at most; candidates above it are passed over.
inline constexpr std::uint64_t kWorkspaceCap = std::uint64_t{512} << 20;

struct ConvolutionPlan {
  Descriptor configuration;  // what the plan was made of
  Descriptor plan;
  std::uint64_t workspace_bytes;
};

class Convolution {
 public:
  // Takes cuDNN's candidates in its order of preference and keeps the first that fits: no tensor
  // cores, no rounded inputs, no reduced sums, no FFT, nothing non-deterministic; kFp32Strict also
  // without Winograd. Throws Error{kDevice} when none does.
  Convolution(const CudnnHandle& handle, const kernels::Conv2dShape& shape, std::size_t images,
              Precision precision);

  // Bytes that run() needs as workspace; the same for every run.
  std::uint64_t workspace_bytes() const { return plan_.workspace_bytes; }

  // Binds the device memory that every run() uses, 16-byte aligned: x [images, c, h, w], weight
  // [o, c, k, k], bias [o], y [images, o, out_h, out_w], workspace of workspace_bytes().
  void bind(const float* x, const float* weight, const float* bias, float* y, void* workspace);

  // Puts the work into the stream that the handle was given. Call bind() first.
  void run(const CudnnHandle& handle) const;

 private:
  ConvolutionPlan plan_;
  Descriptor pack_;  // the bound pointers
};

}  // namespace corticast::cuda
