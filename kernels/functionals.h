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
#include <vector>

#include "kernels/cpu/buffer.h"
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
  // Folds; neither weights nor functionals are needed afterwards. Uses the caller's OpenMP threads;
  // costs terms x positions x channels multiply-adds. Throws std::bad_alloc.
  FoldedReadout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
                const Functionals& functionals, Isa isa);

  // Bytes that an object holds; that run() needs for its working memory.
  static std::size_t packed_bytes(int channels, int positions, std::size_t outputs);
  static std::size_t scratch_bytes(int channels, int positions, std::size_t outputs,
                                   std::size_t images);

  // x: image n's [positions, channels] at x + n * x_stride; y[n * y_stride + o]; scratch:
  // scratch_bytes(). A value's sum is made in one order whatever the other outputs, the images and
  // the thread count. Reads the folded matrices from memory once. Uses the caller's OpenMP threads.
  void run(const float* x, std::size_t x_stride, std::size_t images, float* y, std::size_t y_stride,
           float* scratch) const;

 private:
  // The matrices are cut into stretches of a few positions, [stretch][output][positions, channels],
  // so that one pass over memory serves all outputs and images.
  struct Layout {
    std::size_t channels;
    std::size_t positions;
    std::size_t outputs;
    std::size_t stretch;  // positions of every stretch but the last

    Layout(int channels, int positions, std::size_t outputs);
    std::size_t stretches() const { return (positions + stretch - 1) / stretch; }
    std::size_t part_floats() const;  // of one output in one stretch, a whole number of cache lines
    std::size_t offset(std::size_t output, std::size_t position) const;
  };

  Isa isa_;
  Layout layout_;
  Buffer folded_;
  std::vector<double> constant_;  // [outputs], the part that is no product with x
};

// Functionals of responses that were computed: image n's [rows] at responses + n * stride to
// y[n * y_stride + o], summed in double in the order of the terms. Uses the caller's OpenMP
// threads.
void apply_functionals(const Functionals& functionals, const float* responses, std::size_t stride,
                       std::size_t images, float* y, std::size_t y_stride);

}  // namespace cpu
}  // namespace corticast::kernels
