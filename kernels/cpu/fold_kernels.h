// The parts of the folded readout (kernels/functionals.h) that are compiled once per instruction
// set.
#pragma once

#include <cstddef>

namespace corticast::kernels::cpu {

// Some positions of one functional's matrix (fold_block.cpp):
//   folded[p][c] = sum over k < terms of weight[k] * spatial[k][p] * features[k][c].
struct FoldBlock {
  static constexpr std::size_t kTerms = 128;  // summed in registers before they join the matrix
  const float* const* spatial;                // mask of each term, [positions]
  const float* const* features;               // features of each term, [channels]
  const float* weight;                        // [terms]
  std::size_t terms;
  std::size_t channels;
  std::size_t first;  // positions first .. last - 1
  std::size_t last;
  float* panels;         // working memory: kTerms x channels, rounded up to whole panels
  float* const* folded;  // [last - first] where each position's channels go, all written
};

// One stretch of every output's matrix against the same stretch of every image (folded_sums.cpp).
struct FoldedSums {
  const float* folded;  // output o at folded + o * stride, [length]
  std::size_t stride;
  std::size_t outputs;
  const float* x;  // image n at x + n * x_stride, [length]
  std::size_t x_stride;
  std::size_t images;
  std::size_t length;
  float* sums;  // [outputs][images]
};

}  // namespace corticast::kernels::cpu
