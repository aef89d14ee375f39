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

}  // namespace

extern const std::size_t panel_width;
const std::size_t panel_width = kPanel;

void readout_block(const ReadoutBlock& block) {
  Vector sums[ReadoutBlock::kRows] = {};
  for (std::size_t c = 0; c < block.channels; c += kPanel) {
    const float* panel = block.packed + c * block.positions;
    const bool whole = c + kPanel <= block.channels;
    for (std::size_t p = 0; p < block.positions; p += kStretch) {
      const std::size_t length = block.positions - p < kStretch ? block.positions - p : kStretch;
      for (std::size_t first = 0; first < block.rows; first += kTileRows) {
        const float* spatial[kTileRows];
        for (std::size_t r = 0; r < kTileRows; ++r) spatial[r] = block.spatial[first + r] + p;
        Vector product[kTileRows][kVectors];
        multiply_tile(spatial, panel + p * kPanel, length, product);
        for (std::size_t r = 0; r < kTileRows; ++r) {
          const float* features = block.features[first + r] + c;
          float padded[kPanel];
          if (!whole) {
            for (std::size_t k = 0; k < kPanel; ++k) {
              padded[k] = c + k < block.channels ? features[k] : 0.0f;
            }
            features = padded;
          }
          for (std::size_t j = 0; j < kVectors; ++j) {
            sums[first + r] += product[r][j] * vector_at(features + j * kLanes);
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
