// Compiled once per instruction set with READOUT_NAME, READOUT_LANES and READOUT_VECTORS defined.
// A tile of 6 rows x (lanes x vectors) channels of spatial * x is summed in registers over a chunk
// of positions and multiplied by the features at once, so the product is never stored.
#include "kernels/cpu/readout_block.h"

namespace corticast::kernels::cpu {
namespace {

constexpr std::size_t kLanes = READOUT_LANES;
constexpr std::size_t kVectors = READOUT_VECTORS;
constexpr std::size_t kPanel = kLanes * kVectors;
// 676 positions in seven nearly equal chunks: 97 x 64 channels x 4 bytes stay in a 32 KiB L1 cache,
// and short chains of sums lose less precision. The feature product is linear, so chunks just add.
constexpr std::size_t kChunk = 97;

typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias));

inline Vector load(const float* from) {
  return *static_cast<const Vector*>(static_cast<const void*>(from));
}

// Adds one tile of one chunk to the running sums, [kTileRows] vectors.
inline void tile(const float* const* spatial, const float* const* features, const float* x,
                 std::size_t length, Vector* sums) {
  Vector product[kTileRows][kVectors] = {};
  for (std::size_t p = 0; p < length; ++p) {
    Vector panel[kVectors];
    for (std::size_t j = 0; j < kVectors; ++j) panel[j] = load(x + p * kPanel + j * kLanes);
    for (std::size_t r = 0; r < kTileRows; ++r) {
      for (std::size_t j = 0; j < kVectors; ++j) product[r][j] += spatial[r][p] * panel[j];
    }
  }
  for (std::size_t r = 0; r < kTileRows; ++r) {
    for (std::size_t j = 0; j < kVectors; ++j) {
      sums[r] += product[r][j] * load(features[r] + j * kLanes);
    }
  }
}

void run(const ReadoutBlock& block) {
  Vector sums[kBlockRows] = {};
  for (std::size_t c = 0; c < block.channels; c += kPanel) {
    const float* panel = block.packed + c * block.positions;
    const bool whole = c + kPanel <= block.channels;
    for (std::size_t p = 0; p < block.positions; p += kChunk) {
      const std::size_t length = block.positions - p < kChunk ? block.positions - p : kChunk;
      for (std::size_t r = 0; r < block.rows; r += kTileRows) {
        const float* spatial[kTileRows];
        const float* features[kTileRows];
        float padded[kTileRows][kPanel];
        for (std::size_t i = 0; i < kTileRows; ++i) {
          spatial[i] = block.spatial[r + i] + p;
          features[i] = block.features[r + i] + c;
          if (whole) continue;
          for (std::size_t k = 0; k < kPanel; ++k) {
            padded[i][k] = c + k < block.channels ? features[i][k] : 0.0f;
          }
          features[i] = padded[i];
        }
        tile(spatial, features, panel + p * kPanel, length, sums + r);
      }
    }
  }
  for (std::size_t r = 0; r < block.rows; ++r) {
    float sum = 0;
    for (std::size_t k = 0; k < kLanes; ++k) sum += sums[r][k];
    block.y[r] = sum;
  }
}

}  // namespace

ReadoutKernel READOUT_NAME() {
  return {kPanel, run};
}

}  // namespace corticast::kernels::cpu
