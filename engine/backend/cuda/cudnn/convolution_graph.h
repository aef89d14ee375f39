// The graph of convolution + bias + ReLU for cuDNN: NCHW float32, one image after the other.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "engine/backend/cuda/cudnn/descriptor.h"
#include "kernels/conv2d.h"

namespace corticast::cuda {

// cuDNN 9.11 and later can do without the handle; every cuDNN 9 takes it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
inline constexpr cudnnBackendAttributeName_t kGraphHandle = CUDNN_ATTR_OPERATIONGRAPH_HANDLE;
inline constexpr cudnnBackendAttributeName_t kPlanHandle = CUDNN_ATTR_EXECUTION_PLAN_HANDLE;
#pragma GCC diagnostic pop

// Owns a finalized operation graph and every descriptor it was made of.
class ConvolutionGraph {
 public:
  // The names of the tensors that a plan of this graph must be given.
  enum Tensor : std::int64_t { kX = 1, kWeight, kBias, kY };

  ConvolutionGraph(const CudnnHandle& handle, const kernels::Conv2dShape& shape,
                   std::size_t images);

  const Descriptor& descriptor() const { return parts_.back(); }

 private:
  using Dims = std::array<std::int64_t, 4>;

  const Descriptor& tensor(std::int64_t id, const Dims& dims);
  const Descriptor& convolution(const kernels::Conv2dShape& shape, const Descriptor& x,
                                const Descriptor& weight, const Descriptor& y);
  // b: the second operand, or null.
  const Descriptor& pointwise(cudnnPointwiseMode_t mode, const Descriptor& x, const Descriptor* b,
                              const Descriptor& y);
  Descriptor& part(cudnnBackendDescriptorType_t type) { return parts_.emplace_back(type); }

  std::deque<Descriptor> parts_;  // the graph last
};

}  // namespace corticast::cuda
