// readout_block.cpp with two multiply-adds an instruction: a lane of VDPBF16PS multiplies two
// positions' bf16 numbers and adds both products to a float32 sum.
#include "kernels/cpu/readout_bf16_block.h"

#include "kernels/cpu/readout_tile.h"

namespace corticast::kernels::cpu {
namespace {

static_assert(kPanel == Bf16Block::kPanel);

// 338 pairs of positions in three nearly equal stretches: 113 x 64 columns x 4 bytes stay in a
// 32 KiB L1 cache.
constexpr std::size_t kStretch = 113;

typedef Bf16Pair Pairs __attribute__((vector_size(kLanes * sizeof(Bf16Pair)), may_alias));
typedef Pairs PairsInMemory __attribute__((aligned(4)));  // as VectorInMemory

// Not the intrinsic: clang 16 crashes where one of its factors is a number spread to all lanes.
inline void add_dots(const Pairs& a, const Pairs& b, Vector& sum) {
  asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

// product[r][j] = sum over k < length of the dot of masks[k][r] and panel[k][j]; asks for `ahead`
// as multiply_tile() does.
inline void multiply_pairs(const Bf16Pair* masks, const Bf16Pair* panel, std::size_t length,
                           const Bf16Pair* ahead, std::size_t ahead_step,
                           Vector (&product)[kTileRows][kVectors]) {
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kVectors; ++j) product[r][j] = Vector{};
  }
  for (std::size_t k = 0; k < length; ++k) {
    Pairs columns[kVectors];
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kVectors; ++j) {
      columns[j] = *static_cast<const PairsInMemory*>(
          static_cast<const void*>(panel + k * kPanel + j * kLanes));
    }
    __builtin_prefetch(ahead);
    ahead += ahead_step;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kTileRows; ++r) {
      const Pairs mask = Pairs{} + masks[k * kTileRows + r];
#pragma GCC unroll 4
      for (std::size_t j = 0; j < kVectors; ++j) {
        add_dots(mask, columns[j], product[r][j]);
      }
    }
  }
}

}  // namespace

void readout_bf16_block(const Bf16Block& block) {
  Vector sums[Bf16Block::kRows] = {};
  const std::size_t ahead_step = kPanel * kTileRows / block.rows;
  for (std::size_t c = 0; c < block.channels; c += kPanel) {
    const Bf16Pair* panel = block.packed + c * block.pairs;
    for (std::size_t p = 0; p < block.pairs; p += kStretch) {
      const std::size_t length = block.pairs - p < kStretch ? block.pairs - p : kStretch;
      const bool last = c + kPanel >= block.channels && p + length == block.pairs;
      const Bf16Pair* ahead = last ? block.next : panel + (p + length) * kPanel;
      for (std::size_t first = 0; first < block.rows; first += kTileRows) {
        const TileFeatures features(block.features + first, block.channels, c);
        Vector product[kTileRows][kVectors];
        multiply_pairs(block.masks + first * block.pairs + p * kTileRows, panel + p * kPanel,
                       length, ahead, ahead_step, product);
        ahead += length * ahead_step;
        add_tile(product, features, sums + first);
      }
    }
  }
  for (std::size_t r = 0; r < block.rows; ++r) block.y[r] = sum_of_lanes(sums[r]);
}

}  // namespace corticast::kernels::cpu
