// The parts of the resize that are compiled once per instruction set. Both passes add rows of bytes
// that lie side by side in vectors, each row times one weight. For the horizontal pass a strip of
// image rows is transposed first, so that its columns become such rows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cpu/isa.h"

namespace corticast::kernels::cpu {

inline constexpr std::size_t kMostStripRows = 64;
inline constexpr std::size_t kSquareSide = 16;  // of the squares of bytes that are transposed

// Outputs of a strip whose inputs are transposed together: few enough that these stay in a cache.
inline constexpr std::size_t kStripOutputs = 32;

// One strip of rows made narrower or wider (resize_strip.cpp).
struct ResizeStrip {
  const std::uint8_t* x[kMostStripRows];  // [inputs, 3] each; may repeat
  std::size_t inputs;
  std::size_t outputs;         // a multiple of kStripOutputs
  const std::uint32_t* first;  // [outputs], of ResizeAxis, as are the next two
  const std::uint32_t* count;
  const std::int32_t* weights;
  std::size_t widest;
  // Scratch: [two kSquareSide more than 3 times the inputs of any kStripOutputs
  // outputs][strip_rows]
  std::uint8_t* columns;
  std::uint8_t* y[kMostStripRows];  // [outputs, 3] each; may repeat
};

// One row as a weighted sum of rows (resize_blend.cpp).
struct ResizeBlend {
  const std::uint8_t* const* x;  // [count] rows of `bytes`
  const std::int32_t* weights;   // [count]
  std::size_t count;
  std::size_t bytes;  // a multiple of 96
  std::uint8_t* y;    // [bytes]
};

struct ResizeKernels {
  std::size_t strip_rows;  // of every strip: entries of x and y that are used
  void (*strip)(const ResizeStrip&);
  void (*blend)(const ResizeBlend&);
};

ResizeKernels resize_kernels_for(Isa isa);

}  // namespace corticast::kernels::cpu
