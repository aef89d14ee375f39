// The CNN8 core as a list of kernels: which convolutions are computed how, and what they work on.
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include "engine/backend/method.h"
#include "kernels/conv2d.h"
#include "kernels/pool2d.h"

namespace corticast::cpu {

// Convolution + bias + ReLU.
struct DirectStage {
  std::size_t block;  // of cnn8::kBlocks
  kernels::Conv2dShape shape;
};
// The same by Winograd's algorithm, pooled 2x2 with stride 2 where `halve`.
struct WinogradStage {
  std::size_t block;
  kernels::Conv2dShape shape;
  bool halve;
};
struct PoolStage {
  std::size_t block;
  kernels::Pool2dShape shape;
};
using CoreStage = std::variant<DirectStage, WinogradStage, PoolStage>;

// In the order of running. fp32-strict: all convolutions are direct; otherwise only the first is,
// whose three input channels Winograd's transforms would cost more than they save.
std::vector<CoreStage> core_plan(int channels, Precision precision);

// Floats that a stage makes of one image.
std::size_t output_floats(const CoreStage& stage);

}  // namespace corticast::cpu
