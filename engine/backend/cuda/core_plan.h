// The CNN8 core on the device: its steps with their cuDNN plans for one batch size, before any
// memory exists.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/backend/cuda/cudnn/convolution.h"
#include "engine/model/cnn8.h"

namespace corticast::cuda {

struct CoreStep {
  cnn8::Block block;
  kernels::Conv2dShape shape;  // channels as in memory: block 1 reads numerics.input_channels
  int pool_side;               // of the step's output, pooled or not
  Convolution convolution;

  std::size_t weight_values() const {
    return static_cast<std::size_t>(shape.out_channels) *
           static_cast<std::size_t>(shape.in_channels) * static_cast<std::size_t>(shape.kernel) *
           static_cast<std::size_t>(shape.kernel);
  }
};

// The eight convolutions, first to last.
std::vector<ConvolutionProblem> core_problems(int channels, std::size_t images,
                                              const Numerics& numerics);

// The eight steps, first to last, with cuDNN's first choices or (where not empty) the plans named.
// Throws Error{kDevice} when cuDNN has no plan for one.
std::vector<CoreStep> plan_core(const CudnnHandle& handle, int channels, std::size_t images,
                                const Numerics& numerics, std::span<const std::string> plans = {});

}  // namespace corticast::cuda
