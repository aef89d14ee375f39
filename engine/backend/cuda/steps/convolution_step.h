// One convolution + bias + ReLU of the core.
#pragma once

#include "engine/backend/cuda/cudnn/convolution.h"
#include "engine/backend/cuda/numerics.h"
#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

// x, weight, bias, y, workspace of the convolution's bind(), in the numerics' layout and element.
struct ConvolutionBuffers {
  const void* x;
  const void* weight;
  const void* bias;
  void* y;
  void* workspace;
};

class ConvolutionStep final : public Step {
 public:
  // in_channels: the network's; what shape has beyond them is zeros. handle must outlive the step
  // and be set to the stream that batches run in. label: "block 2".
  ConvolutionStep(const CudnnHandle& handle, std::string label, int in_channels,
                  const kernels::Conv2dShape& shape, std::size_t images, const Numerics& numerics,
                  Convolution convolution, const ConvolutionBuffers& buffers);

  std::string name() const override;
  Work work() const override;
  void run(const Batch& batch) const override;
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  const CudnnHandle& handle_;
  std::string label_;
  int in_channels_;
  kernels::Conv2dShape shape_;
  std::size_t images_;
  Numerics numerics_;
  Convolution convolution_;
  ConvolutionBuffers buffers_;
};

}  // namespace corticast::cuda
