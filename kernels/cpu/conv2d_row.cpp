// Compiled once per instruction set. In NHWC the kernel * in_channels numbers that one kernel row
// multiplies are contiguous in an input row, and the next pixel's begin in_channels later: an
// output row is a matrix product whose left side needs no copying.
#include "kernels/cpu/isa_kernels.h"
#include "kernels/cpu/tile.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

// Terms summed in registers before they join the output's total. Short chains keep float32 rounding
// from adding up where an image is nearly uniform and all terms lean the same way: on the whitest
// fixture photograph the worst error of a whole network is 3.4e-6 with 97 terms, 2.1e-6 with 48,
// 1.3e-6 with 32. Joining costs one load, add and store for every 32 multiplications.
constexpr std::size_t kStretch = 32;

}  // namespace

void conv_row(const ConvRow& row) {
  for (std::size_t w = 0; w < row.pixels; ++w) {
    for (std::size_t j = 0; j < kPanel; j += kLanes) {
      vector_at(row.y + w * kPanel + j) = vector_at(row.bias + j);
    }
  }
  const std::size_t terms = row.kernel * row.in_channels;
  for (std::size_t i = 0; i < row.kernel; ++i) {
    for (std::size_t k = 0; k < terms; k += kStretch) {
      const std::size_t length = terms - k < kStretch ? terms - k : kStretch;
      const float* panel = row.weight + (i * terms + k) * kPanel;
      for (std::size_t first = 0; first < row.pixels; first += kTileRows) {
        const float* x[kTileRows];
        for (std::size_t r = 0; r < kTileRows; ++r) {
          x[r] = row.x[i] + (first + r) * row.in_channels + k;
        }
        Vector product[kTileRows][kVectors];
        multiply_tile(x, panel, length, product);
        for (std::size_t r = 0; r < kTileRows; ++r) {
          for (std::size_t j = 0; j < kVectors; ++j) {
            vector_at(row.y + (first + r) * kPanel + j * kLanes) += product[r][j];
          }
        }
      }
    }
  }
  for (std::size_t k = 0; k < row.pixels * kPanel; ++k) {
    row.y[k] = row.y[k] > 0.0f ? row.y[k] : 0.0f;
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
