// The arithmetic of conversion: what is constant at inference is computed once, in double, and
// rounded to float32 once.
#pragma once

#include <span>
#include <vector>

#include "weights_tool/checkpoint/cnn8_state.h"

namespace corticast::weights {

struct FoldedBlock {
  std::vector<float> weight;  // [C, Cin, k, k]
  std::vector<float> bias;    // [C]
};

// Folds batch norm (evaluation mode, epsilon 1e-5) into the convolution before it:
//   s = scale / sqrt(variance + 1e-5);  W' = W * s;  b' = shift - mean * s
// Throws Error{kModel} for a negative variance or a result too large for float32.
FoldedBlock fold_block(const Checkpoint& checkpoint, const BlockTensors& block);

// Divides one mask [676] by its L2 norm + 1e-6 (added after the root). An all-zero mask stays so.
void normalise_mask(std::span<float> mask);

}  // namespace corticast::weights
