// The CNN8 architecture: eight blocks of convolution (stride 1, zero padding) + batch norm + ReLU,
// with 2x2 average pools between them. Source: MOSAIC's CNN8 core.
#pragma once

#include <array>

namespace corticast::cnn8 {

enum class Pool {
  kNone,
  kHalve,  // 2x2 average, stride 2; an odd last row and column are dropped
  kSlide,  // 2x2 average, stride 1
};

struct Block {
  int kernel;
  int padding;  // block 1 pads a 5x5 kernel by 1 and so shrinks its input by 2
  Pool pool;    // after the ReLU
};

inline constexpr std::array<Block, 8> kBlocks = {{
    {5, 1, Pool::kNone},
    {5, 2, Pool::kHalve},
    {3, 1, Pool::kNone},
    {3, 1, Pool::kHalve},
    {3, 1, Pool::kNone},
    {3, 1, Pool::kHalve},
    {3, 1, Pool::kNone},
    {3, 1, Pool::kSlide},
}};

inline constexpr int kInputSide = 224;
inline constexpr int kInputChannels = 3;
inline constexpr int kFeatureSide = 26;  // height and width of the last pool's output
inline constexpr int kPositions = kFeatureSide * kFeatureSide;  // 676, one readout mask

constexpr int conv_side(int side, const Block& block) {
  return side + 2 * block.padding - block.kernel + 1;
}
constexpr int pool_side(int side, Pool pool) {
  return pool == Pool::kHalve ? side / 2 : pool == Pool::kSlide ? side - 1 : side;
}
constexpr int feature_side() {
  int side = kInputSide;
  for (const Block& block : kBlocks) side = pool_side(conv_side(side, block), block.pool);
  return side;
}
static_assert(feature_side() == kFeatureSide);

}  // namespace corticast::cnn8
