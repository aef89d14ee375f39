// Linear functionals over the vertices of one factorised readout (kernels/readout.h), such as the
// mean response of each ROI, without computing a vertex:
//   sum_k w[k] y[n, row[k]] = sum_k w[k] bias[row[k]] + sum_{p, c} folded[p, c] x[n, p, c],
//   folded[p, c] = sum_k w[k] spatial[row[k], p] features[row[k], c].
// One functional costs positions x channels multiply-adds an image, however many vertices it has.
// Source: the readout's definition; only the order of its sums is changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa.h"
#include "kernels/readout.h"

namespace corticast::kernels {

// Sparse rows: output o sums the terms begin[o] .. begin[o + 1] - 1. An output without terms is the
// mean of nothing: NaN.
struct Functionals {
  std::span<const std::size_t> begin;  // [outputs + 1], ascending, begins with 0
  std::span<const std::uint32_t> row;  // [terms], an index into the computed rows
  std::span<const double> weight;      // [terms]

  std::size_t outputs() const { return begin.size() - 1; }
  std::size_t terms() const { return row.size(); }
};

namespace reference {
// x: [positions, channels] of one image. `rows` are the computed rows that the functionals index.
double functional_at(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
                     const Functionals& functionals, std::size_t output, const float* x);
}  // namespace reference

namespace cpu {

// Functionals folded into one matrix a subject. float32, NHWC.
class FoldedReadout {
 public:
  // Folds; the weights are not needed afterwards. Uses the caller's OpenMP threads; costs terms x
  // positions x channels multiply-adds.
  FoldedReadout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
                const Functionals& functionals, Isa isa);

  // Bytes that an object holds.
  static std::size_t packed_bytes(int channels, int positions, std::size_t outputs, Isa isa);
  // x: [images, positions, channels]; y[n * y_stride + o]. A value's sum is made in one order
  // whatever the other outputs, the images and the thread count. Uses the caller's OpenMP threads.
  void run(const float* x, std::size_t images, float* y, std::size_t y_stride) const;
};

// Functionals of responses that were computed: responses [rows] -> y [outputs], summed in double.
void apply_functionals(const Functionals& functionals, const float* responses, float* y);

}  // namespace cpu
}  // namespace corticast::kernels
