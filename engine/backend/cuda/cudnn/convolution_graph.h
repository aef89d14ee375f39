// The graph of convolution + bias + ReLU for cuDNN, in a precision's element and layout. Sums, bias
// and ReLU are float32 inside; cuDNN's precompiled engines want a bias of the tensors' own type.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "engine/backend/cuda/cudnn/plan_target.h"
#include "engine/backend/cuda/numerics.h"
#include "kernels/conv2d.h"

namespace corticast::cuda {

// Bytes; where a tensor's memory may begin.
inline constexpr std::int64_t kTensorAlignment = 16;

// Owns a finalized operation graph and every descriptor it was made of.
class ConvolutionGraph {
 public:
  // The names of the tensors that a plan of this graph must be given.
  enum Tensor : std::int64_t { kX = 1, kWeight, kBias, kY };

  ConvolutionGraph(const PlanTarget& target, const kernels::Conv2dShape& shape, std::size_t images,
                   const Numerics& numerics);

  const Descriptor& descriptor() const { return parts_.back(); }

 private:
  using Dims = std::array<std::int64_t, 4>;

  // dims: [image, channel, row, column], whatever the layout.
  const Descriptor& tensor(std::int64_t id, const Dims& dims, const Numerics& numerics);
  const Descriptor& convolution(const kernels::Conv2dShape& shape, const Descriptor& x,
                                const Descriptor& weight, const Descriptor& y);
  // b: the second operand, or null.
  const Descriptor& pointwise(cudnnPointwiseMode_t mode, const Descriptor& x, const Descriptor* b,
                              const Descriptor& y);
  Descriptor& part(cudnnBackendDescriptorType_t type) { return parts_.emplace_back(type); }

  std::deque<Descriptor> parts_;  // the graph last
};

}  // namespace corticast::cuda
