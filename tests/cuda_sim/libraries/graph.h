// A cuDNN operation graph as data: what an execution plan says it computes. Tensors are named by
// their index in Graph::tensors.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "tests/cuda_sim/libraries/numbers.h"

namespace cuda_sim::cudnn {

// Something valid that this simulation does not compute; the text names it.
struct NotSimulated : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Tensor {
  std::int64_t uid = 0;
  DataType type = DataType::kFloat;
  std::vector<std::int64_t> dims;     // of a convolution: [n, c, h, w], filters [k, c, r, s]
  std::vector<std::int64_t> strides;  // in elements
  std::int64_t alignment = 1;         // of its address, in bytes
  bool is_virtual = false;            // exists inside the plan only, has no address

  std::int64_t elements() const;
  std::int64_t extent() const;   // elements from the first to the last, gaps included
  std::string describe() const;  // "tensor 3 (half, 8x384x222x222)"
};

using Pair = std::array<std::int64_t, 2>;  // vertical, horizontal

// y = alpha * (x cross-correlated with w) + beta * y, over zero padding.
struct Convolution {
  std::size_t x = 0;
  std::size_t w = 0;
  std::size_t y = 0;
  Pair padding_before{};
  Pair padding_after{};
  Pair stride{1, 1};
  Pair dilation{1, 1};
  double alpha = 1;
  double beta = 0;
};

enum class PointwiseMode : std::uint8_t { kAdd, kMul, kRelu, kIdentity };

// y = alpha1 * x (mode) alpha2 * b, with dims of 1 in b repeated; y = mode(alpha1 * x) where the
// mode takes one operand.
struct Pointwise {
  PointwiseMode mode = PointwiseMode::kIdentity;
  std::size_t x = 0;
  std::size_t b = 0;  // of kAdd and kMul
  std::size_t y = 0;
  double alpha1 = 1;
  double alpha2 = 1;
  // kRelu: between the clips x itself, upper above, lower + slope * (x - lower) below.
  double lower_clip = 0;
  double upper_clip = 0;
  double lower_slope = 0;

  bool has_b() const { return mode == PointwiseMode::kAdd || mode == PointwiseMode::kMul; }
};

using Node = std::variant<Convolution, Pointwise>;

struct Graph {
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  // each reads what earlier ones, or memory, hold
  std::int64_t engine = 0;  // that the plan chose
};

// The graph inside the text of CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION (schema of cuDNN 9).
// Throws NotSimulated naming the operation, type or attribute, also where the text is not of the
// shape known here.
Graph parse_plan(const std::string& json);

}  // namespace cuda_sim::cudnn
