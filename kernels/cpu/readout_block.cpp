// Compiled once per instruction set. The product spatial * x of a tile lives in registers and is
// multiplied by the features as soon as its stretch of positions ends, so it is never stored: the
// feature product is linear, so stretches just add.
#include "kernels/cpu/isa_kernels.h"
#include "kernels/cpu/tile.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

// 676 positions in seven nearly equal stretches: 97 x 64 columns x 4 bytes stay in a 32 KiB L1
// cache.
constexpr std::size_t kStretch = 97;

// features[r] = those of row first + r for a panel that begins with channel c, in `padded` where
// the panel reaches beyond the last channel.
void features_of_tile(const ReadoutBlock& block, std::size_t first, std::size_t c,
                      float (&padded)[kTileRows][kPanel], const float* (&features)[kTileRows]) {
  const bool whole = c + kPanel <= block.channels;
  for (std::size_t r = 0; r < kTileRows; ++r) {
    features[r] = block.features[first + r] + c;
    if (whole) continue;
    for (std::size_t k = 0; k < kPanel; ++k) {
      padded[r][k] = c + k < block.channels ? features[r][k] : 0.0f;
    }
    features[r] = padded[r];
  }
}

}  // namespace

extern const std::size_t panel_width;
const std::size_t panel_width = kPanel;

void readout_block(const ReadoutBlock& block) {
  Vector sums[ReadoutBlock::kRows] = {};
  const std::size_t ahead_step = kPanel * kTileRows / block.rows;
  for (std::size_t c = 0; c < block.channels; c += kPanel) {
    const float* panel = block.packed + c * block.positions;
    for (std::size_t p = 0; p < block.positions; p += kStretch) {
      const std::size_t length = block.positions - p < kStretch ? block.positions - p : kStretch;
      const bool last = c + kPanel >= block.channels && p + length == block.positions;
      Ahead ahead = {last ? block.next : panel + (p + length) * kPanel, ahead_step};
      for (std::size_t first = 0; first < block.rows; first += kTileRows) {
        const float* spatial[kTileRows];
        for (std::size_t r = 0; r < kTileRows; ++r) spatial[r] = block.spatial[first + r] + p;
        float padded[kTileRows][kPanel];
        const float* features[kTileRows];
        features_of_tile(block, first, c, padded, features);
        Vector product[kTileRows][kVectors];
        multiply_tile(spatial, panel + p * kPanel, length, ahead, product);
        ahead.from += length * ahead_step;
#pragma GCC unroll 8
        for (std::size_t r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
          for (std::size_t j = 0; j < kVectors; ++j) {
            sums[first + r] += product[r][j] * vector_at(features[r] + j * kLanes);
          }
        }
      }
    }
  }
  for (std::size_t r = 0; r < block.rows; ++r) {
    float sum = 0;
    for (std::size_t k = 0; k < kLanes; ++k) sum += sums[r][k];
    block.y[r] = sum;
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
