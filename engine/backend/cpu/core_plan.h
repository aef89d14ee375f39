// The CNN8 core as a list of kernels: which convolutions are computed how, and what they work on.
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include "kernels/conv2d.h"
#include "kernels/pool2d.h"

namespace corticast::cpu {

// Convolution + bias + ReLU.
struct DirectStage {
  std::size_t block;  // of cnn8::kBlocks
  kernels::Conv2dShape shape;
};
struct PoolStage {
  std::size_t block;
  kernels::Pool2dShape shape;
};
using CoreStage = std::variant<DirectStage, PoolStage>;

// In the order of running.
std::vector<CoreStage> core_plan(int channels);

// Floats that a stage makes of one image.
std::size_t output_floats(const CoreStage& stage);

}  // namespace corticast::cpu
