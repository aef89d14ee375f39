// The arithmetic of conversion: what is constant at inference is computed once, in double.
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
// in double. Each k x k filter is then rounded to float32 so that its sum is kept: the rounding
// error of a tap is carried to the next. A weight moves by at most one unit in the last place of
// its largest neighbour, and where an image is smooth, where all taps see the same value, the
// errors cancel instead of adding up (whole-network error of an almost white photograph from
// folding alone: 2.4e-6 with plain rounding, 8.5e-8 so). Throws Error{kModel} for a negative
// variance or a result too large for float32.
FoldedBlock fold_block(const Checkpoint& checkpoint, const BlockTensors& block);

// Divides one mask [676] by its L2 norm + 1e-6 (added after the root). An all-zero mask stays so.
void normalise_mask(std::span<float> mask);

}  // namespace corticast::weights
