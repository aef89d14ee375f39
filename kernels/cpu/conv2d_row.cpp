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

// Pixels whose totals stay in L1, beside a stretch of weights, while the weights stream past.
constexpr std::size_t kBlockPixels = 8 * kTileRows;

// Asks for the numbers this tile will need in the next stretch; the hardware does not foresee rows
// that are in_channels apart.
inline void prefetch_next(const float* const* x) {
  for (std::size_t r = 0; r < kTileRows; ++r) {
    for (std::size_t k = kStretch; k < 2 * kStretch; k += 16) __builtin_prefetch(x[r] + k);
  }
}

// `tiles` tiles of pixels from `first` on. totals: [tiles * 6][panel], begun with the bias.
void block_of_pixels(const ConvRow& row, std::size_t first, std::size_t tiles, float* totals) {
  const std::size_t terms = row.kernel * row.in_channels;
  for (std::size_t i = 0; i < row.kernel; ++i) {
    for (std::size_t k = 0; k < terms; k += kStretch) {
      const std::size_t length = terms - k < kStretch ? terms - k : kStretch;
      const float* panel = row.weight + (i * terms + k) * kPanel;
      Ahead ahead = {panel + length * kPanel, kPanel / tiles};
      for (std::size_t tile = 0; tile < tiles; ++tile) {
        const std::size_t w = first + tile * kTileRows;
        const float* x[kTileRows];
        for (std::size_t r = 0; r < kTileRows; ++r) {
          x[r] = row.x[i] + (w + r) * row.in_channels + k;
        }
        prefetch_next(x);
        Vector product[kTileRows][kVectors];
        multiply_tile(x, panel, length, ahead, product);
        ahead.from += length * ahead.step;
        float* total = totals + tile * kTileRows * kPanel;
#pragma GCC unroll 8
        for (std::size_t r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
          for (std::size_t j = 0; j < kVectors; ++j) {
            float* to = total + r * kPanel + j * kLanes;
            store(to, load(to) + product[r][j]);
          }
        }
      }
    }
  }
}

// ReLU of one pixel's total, which is a whole panel, to the channels that exist.
void finish(const float* total, std::size_t channels, float* y) {
  std::size_t k = 0;
  for (; k + kLanes <= channels; k += kLanes) {
    const Vector value = load(total + k);
    store(y + k, value > Vector{} ? value : Vector{});
  }
  if (k == channels) return;
  const Vector value = load(total + k);
  for (std::size_t i = 0; k + i < channels; ++i) y[k + i] = value[i] > 0.0f ? value[i] : 0.0f;
}

}  // namespace

void conv_row(const ConvRow& row) {
  for (std::size_t first = 0; first < row.pixels; first += kBlockPixels) {
    const std::size_t left = row.pixels - first;
    const std::size_t pixels = left < kBlockPixels ? left : kBlockPixels;
    const std::size_t tiles = 1 + (pixels - 1) / kTileRows;
    alignas(64) float totals[kBlockPixels * kPanel];
    for (std::size_t w = 0; w < tiles * kTileRows; ++w) {
      for (std::size_t j = 0; j < kPanel; j += kLanes) {
        store(totals + w * kPanel + j, load(row.bias + j));
      }
    }
    block_of_pixels(row, first, tiles, totals);
    for (std::size_t w = 0; w < pixels; ++w) {
      finish(totals + w * kPanel, row.channels, row.y + (first + w) * row.y_stride);
    }
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
