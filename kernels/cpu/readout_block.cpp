// Compiled once per instruction set. The product spatial * x of a tile lives in registers and is
// multiplied by the features as soon as its stretch of positions ends, so it is never stored: the
// feature product is linear, so stretches just add.
#include "kernels/cpu/isa_kernels.h"
#include "kernels/cpu/readout_tile.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

// 676 positions in seven nearly equal stretches: 97 x 64 columns x 4 bytes stay in a 32 KiB L1
// cache.
constexpr std::size_t kStretch = 97;

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
        const TileFeatures features(block.features + first, block.channels, c);
        Vector product[kTileRows][kVectors];
        multiply_tile(spatial, panel + p * kPanel, length, ahead, product);
        ahead.from += length * ahead_step;
        add_tile(product, features, sums + first);
      }
    }
  }
  for (std::size_t r = 0; r < block.rows; ++r) block.y[r] = sum_of_lanes(sums[r]);
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
