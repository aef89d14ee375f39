// Compiled once per instruction set. 64 matrix products, one per point: tiles x channels times
// channels x one panel of outputs.
#include "kernels/cpu/tile.h"
#include "kernels/cpu/winograd_kernels.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

// Channels summed in registers before they join the total. The order of this sum makes most of the
// rounding error of the whole convolution, and short stretches cost next to nothing.
constexpr std::size_t kStretch = 48;
constexpr std::size_t kLine = 16;  // floats of a cache line

struct Stretch {
  const float* v;  // first row
  std::size_t v_row;
  const float* u;  // [length][64]
  std::size_t length;
  float* m;              // [rows][64]
  const float* v_ahead;  // the next stretch of these rows, for the second level of cache
  Ahead ahead;           // a share of the next stretch of filters, for the first
};

// kRows rows times kPanel columns; the first stretch finds m undefined. Every row count runs the
// same operations on a row.
template <std::size_t kRows, bool kFirst>
inline void multiply(const Stretch& s, std::size_t column) {
  Vector product[kRows][kVectors];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kVectors; ++j) product[r][j] = Vector{};
  }
  const float* wanted = s.ahead.from;
  for (std::size_t k = 0; k < s.length;) {
    for (std::size_t r = 0; r < kRows; ++r) __builtin_prefetch(s.v_ahead + r * s.v_row + k, 0, 2);
    for (const std::size_t end = s.length - k < kLine ? s.length : k + kLine; k < end; ++k) {
      Vector columns[kVectors];
#pragma GCC unroll 4
      for (std::size_t j = 0; j < kVectors; ++j) {
        columns[j] = load(s.u + k * kWinogradPanel + column + j * kLanes);
      }
      __builtin_prefetch(wanted);
      wanted += s.ahead.step;
#pragma GCC unroll 8
      for (std::size_t r = 0; r < kRows; ++r) {
        const float value = s.v[r * s.v_row + k];
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kVectors; ++j) product[r][j] += value * columns[j];
      }
    }
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kVectors; ++j) {
      float* total = s.m + r * kWinogradPanel + column + j * kLanes;
      if constexpr (kFirst) {
        store(total, product[r][j]);
      } else {
        store(total, load(total) + product[r][j]);
      }
    }
  }
}

template <bool kFirst>
void multiply_rows(std::size_t rows, const Stretch& s, std::size_t column) {
  switch (rows) {
    case 1:
      return multiply<1, kFirst>(s, column);
    case 2:
      return multiply<2, kFirst>(s, column);
    case 3:
      return multiply<3, kFirst>(s, column);
    case 4:
      return multiply<4, kFirst>(s, column);
    case 5:
      return multiply<5, kFirst>(s, column);
    default:
      return multiply<6, kFirst>(s, column);
  }
}

}  // namespace

void winograd_product(const WinogradProduct& product) {
  // Groups of nearly equal size: 25 rows are five times five, not four times six and one.
  const std::size_t groups = (product.tiles + kTileRows - 1) / kTileRows;
  const std::size_t few = product.tiles / groups;
  const std::size_t larger = product.tiles % groups;
  // A panel is one or several register tiles wide.
  const std::size_t strips = (product.outputs + kPanel - 1) / kPanel;
  for (std::size_t point = 0; point < kWinogradPoints; ++point) {
    const float* v = product.v + point * product.v_stride;
    const float* u = product.u + point * product.channels * kWinogradPanel;
    for (std::size_t k = 0; k < product.channels; k += kStretch) {
      const std::size_t left = product.channels - k;
      const std::size_t length = left < kStretch ? left : kStretch;
      const std::size_t share = length * kWinogradPanel / (groups * strips);
      // Filters lie one stretch behind the other, from point to point, too.
      Stretch s{v + k,
                product.v_row,
                u + k * kWinogradPanel,
                length,
                product.m + point * product.m_stride,
                length < left ? v + k + length : v + product.v_stride,
                {u + (k + length) * kWinogradPanel, (share + length - 1) / length}};
      for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t rows = few + (g < larger ? 1 : 0);
        for (std::size_t strip = 0; strip < strips; ++strip) {
          if (k == 0) {
            multiply_rows<true>(rows, s, strip * kPanel);
          } else {
            multiply_rows<false>(rows, s, strip * kPanel);
          }
          s.ahead.from += share;
        }
        s.v += rows * s.v_row;
        s.v_ahead += rows * s.v_row;
        s.m += rows * kWinogradPanel;
      }
    }
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
