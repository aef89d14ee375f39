// Antialiased bilinear resize of square 8-bit RGB images, first along rows, then along columns,
// with 8 bits between the two. Source: Pillow's resampling for 8 bits per channel.
//   y[o] = floor(1/2 + sum_i weight[o][i] * x[first[o] + i] / 2^22), per axis
// The weights are a triangle over the input, centred on the output's centre and widened by the
// scale where the image shrinks, normalised in double and rounded to 22 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/cpu/isa.h"

namespace corticast::kernels {

struct ResizeAxis {
  std::uint32_t inputs = 0;
  std::size_t widest = 0;             // most samples that any output may use
  std::vector<std::uint32_t> first;   // [outputs], ascending as first + count is
  std::vector<std::uint32_t> count;   // [outputs], at least 1
  std::vector<std::int32_t> weights;  // [outputs][widest], units of 2^-22, never negative
};

// Neither number is 0.
ResizeAxis resize_axis(std::uint32_t inputs, std::uint32_t outputs);

namespace reference {
// x: [side, side, 3]; y: [outputs, outputs, 3].
void resize(const std::uint8_t* x, std::uint32_t side, std::uint32_t outputs, std::uint8_t* y);
}  // namespace reference

namespace cpu {

// The same bits, from rows given from the top to the bottom. Keeps only rows that are still needed.
class Resize {
 public:
  // outputs: a multiple of 32. y: [outputs, outputs, 3], to be written row by row. Throws
  // std::bad_alloc, std::invalid_argument.
  Resize(std::uint32_t side, std::uint32_t outputs, Isa isa, std::uint8_t* y);

  // Rows that add() takes at once.
  std::size_t strip_rows() const { return strip_rows_; }
  // The next `count` rows, [side, 3] each, at x + r * stride: strip_rows(), or fewer at the end of
  // the image.
  void add(const std::uint8_t* x, std::size_t stride, std::size_t count);

 private:
  std::uint8_t* narrow_row(std::size_t row) const;

  ResizeAxis axis_;
  Isa isa_;
  std::size_t strip_rows_;
  std::size_t row_bytes_;  // of an output row
  std::size_t ring_rows_;
  std::unique_ptr<std::uint8_t[]> ring_;  // [ring_rows_ + 1][row_bytes_]: narrow rows; rubbish
  std::unique_ptr<std::uint8_t[]> columns_;
  std::size_t added_ = 0;
  std::size_t finished_ = 0;  // output rows
  std::uint8_t* y_;
};

}  // namespace cpu
}  // namespace corticast::kernels
