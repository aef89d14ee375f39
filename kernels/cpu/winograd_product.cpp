// Compiled once per instruction set. 64 matrix products, one per point: tiles x channels times
// channels x one panel of outputs.
#include "kernels/cpu/tile.h"
#include "kernels/cpu/winograd_kernels.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

// Channels summed in registers before they join the total. The order of this sum makes most of the
// rounding error of the whole convolution, and short stretches cost next to nothing.
constexpr std::size_t kStretch = 48;

struct Stretch {
  const float* v;  // first row
  std::size_t v_row;
  const float* u;  // [length][panel]
  std::size_t length;
  float* m;    // [rows][panel]
  bool first;  // m starts undefined
};

// kRows rows times the panel. Every row count runs the same operations on a row.
template <std::size_t kRows>
inline void multiply(const Stretch& s) {
  Vector product[kRows][kVectors];
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t j = 0; j < kVectors; ++j) product[r][j] = Vector{};
  }
  for (std::size_t k = 0; k < s.length; ++k) {
    Vector columns[kVectors];
    for (std::size_t j = 0; j < kVectors; ++j) {
      columns[j] = vector_at(s.u + k * kPanel + j * kLanes);
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      const float value = s.v[r * s.v_row + k];
      for (std::size_t j = 0; j < kVectors; ++j) product[r][j] += value * columns[j];
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t j = 0; j < kVectors; ++j) {
      Vector& total = vector_at(s.m + r * kPanel + j * kLanes);
      total = s.first ? product[r][j] : total + product[r][j];
    }
  }
}

void multiply_rows(std::size_t rows, const Stretch& s) {
  switch (rows) {
    case 1:
      return multiply<1>(s);
    case 2:
      return multiply<2>(s);
    case 3:
      return multiply<3>(s);
    case 4:
      return multiply<4>(s);
    case 5:
      return multiply<5>(s);
    default:
      return multiply<6>(s);
  }
}

// The stretch of filters that comes next lies behind this one, in the last of a point, too; each
// group of rows asks for its share.
inline void prefetch(const float* u, std::size_t floats) {
  for (std::size_t k = 0; k < floats; k += 16) __builtin_prefetch(u + k, 0, 2);
}

}  // namespace

extern const std::size_t winograd_panel;
const std::size_t winograd_panel = kPanel;

void winograd_product(const WinogradProduct& product) {
  // Groups of nearly equal size: 25 rows are five times five, not four times six and one.
  const std::size_t groups = (product.tiles + kTileRows - 1) / kTileRows;
  const std::size_t few = product.tiles / groups;
  const std::size_t larger = product.tiles % groups;
  for (std::size_t point = 0; point < kWinogradPoints; ++point) {
    const float* u = product.u + point * product.channels * kPanel;
    for (std::size_t k = 0; k < product.channels; k += kStretch) {
      const std::size_t left = product.channels - k;
      const std::size_t length = left < kStretch ? left : kStretch;
      const std::size_t share = length * kPanel / groups;
      Stretch s{product.v + point * product.v_stride + k, product.v_row, u + k * kPanel, length,
                product.m + point * product.m_stride,     k == 0};
      for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t rows = few + (g < larger ? 1 : 0);
        prefetch(s.u + length * kPanel + g * share, share);
        multiply_rows(rows, s);
        s.v += rows * s.v_row;
        s.m += rows * kPanel;
      }
    }
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
