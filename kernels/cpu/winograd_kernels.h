// The parts of the Winograd convolution that are compiled once per instruction set. A tile is 8x8
// input pixels; its transform has 64 points, numbered row * 8 + column, whose rows and columns
// stand for the interpolation points 0, 1, -1, 2, -2, 1/2, -1/2, infinity. With the matrices B, G,
// A of winograd_input.cpp, winograd_filter.cpp and winograd_output.cpp:
//   v = B^T x B,  u = G w G^T,  m[point] = sum over channels of v[point] u[point],  y = A^T m A.
#pragma once

#include <cstddef>

#include "kernels/cpu/isa.h"

namespace corticast::kernels::cpu {

inline constexpr std::size_t kWinogradSide = 8;
inline constexpr std::size_t kWinogradPoints = kWinogradSide * kWinogradSide;
// Outputs side by side, whatever the width of a register tile: what a thread reads of the tiles
// serves as many of them.
inline constexpr std::size_t kWinogradPanel = 64;

// One panel of filters (winograd_filter.cpp).
struct WinogradFilter {
  const float* weight;  // [outputs][channels][kernel][kernel]
  std::size_t outputs;  // at most 64; columns beyond them become zero
  std::size_t channels;
  std::size_t kernel;  // 3 or 5
  float* u;            // [64][channels][64]
};

// One tile of the input (winograd_input.cpp).
struct WinogradInput {
  const float* x;  // [height][width][channels]
  std::ptrdiff_t height;
  std::ptrdiff_t width;
  std::size_t channels;
  std::ptrdiff_t top;  // the tile's first row and column; what lies outside the image is zero
  std::ptrdiff_t left;
  float* v;  // point p at v + p * v_stride: [channels rounded up to 16]
  std::size_t v_stride;
};

// All 64 points of one panel of outputs for some tiles (winograd_product.cpp).
struct WinogradProduct {
  const float* v;  // point p at v + p * v_stride: [tiles] rows, v_row apart, of [channels]
  std::size_t v_stride;
  std::size_t v_row;
  std::size_t tiles;
  std::size_t channels;
  std::size_t outputs;  // of the panel that exist, at least; others may stay undefined in m
  const float* u;       // [64][channels][64]
  float* m;             // point p at m + p * m_stride: [tiles][64]
  std::size_t m_stride;
};

// One tile of one panel of outputs (winograd_output.cpp).
struct WinogradOutput {
  const float* m;  // point p at m + p * m_stride: [64]
  std::size_t m_stride;
  const float* bias;   // [64]
  std::size_t kernel;  // 3 or 5: 6x6 or 4x4 outputs
  bool halve;          // to half as many, by averages of 2x2
  std::size_t rows;    // of them that exist, after halving
  std::size_t columns;
  std::size_t channels;    // of the panel that exist
  float* y;                // first of them
  std::size_t row_stride;  // floats
  std::size_t pixel_stride;
};

struct WinogradKernels {
  void (*filter)(const WinogradFilter&);
  void (*input)(const WinogradInput&);
  void (*product)(const WinogradProduct&);
  void (*output)(const WinogradOutput&);
};

WinogradKernels winograd_kernels_for(Isa isa);

}  // namespace corticast::kernels::cpu
