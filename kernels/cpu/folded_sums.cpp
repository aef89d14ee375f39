// Compiled once per instruction set. Both sides of these products lie contiguous along the sum, so
// vectors run along it: nothing is packed, and a folded number is read from memory once for all
// images.
#include "kernels/cpu/fold_kernels.h"
#include "kernels/cpu/tile.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

constexpr std::size_t kTileOutputs = 4;
constexpr std::size_t kTileImages = 4;

// Numbers summed in registers before they join the totals. Where masks cancel, the terms of a
// stretch are far larger than their sum, and so is the rounding of a long chain: on noise, the
// means of some vertices are 2e-6 off with 256 products in a lane, 5e-7 with 32.
constexpr std::size_t kChain = 32 * kLanes;

typedef float Quad __attribute__((vector_size(16), aligned(4), may_alias));

// Of all lanes, in a fixed order.
inline float sum_of(const Vector& lanes) {
  const Quad* quads = static_cast<const Quad*>(static_cast<const void*>(&lanes));
  Quad sum = quads[0];
  for (std::size_t k = 1; k < kLanes / 4; ++k) sum += quads[k];
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

// The last, incomplete vector of a stretch.
inline Vector rest_of(const float* from, std::size_t count) {
  Vector values{};
  for (std::size_t k = 0; k < count; ++k) values[k] = from[k];
  return values;
}

template <std::size_t kOutputs, std::size_t kImages>
struct Tile {
  const float* folded[kOutputs];
  const float* x[kImages];
  Vector totals[kOutputs][kImages];

  // Adds the products of the numbers from .. to - 1, a whole number of vectors.
  void add(std::size_t from, std::size_t to) {
    Vector sums[kOutputs][kImages] = {};
    for (std::size_t k = from; k < to; k += kLanes) {
      Vector a[kOutputs];
      Vector b[kImages];
      for (std::size_t o = 0; o < kOutputs; ++o) a[o] = load(folded[o] + k);
      for (std::size_t n = 0; n < kImages; ++n) b[n] = load(x[n] + k);
      for (std::size_t o = 0; o < kOutputs; ++o) {
        for (std::size_t n = 0; n < kImages; ++n) sums[o][n] += a[o] * b[n];
      }
    }
    for (std::size_t o = 0; o < kOutputs; ++o) {
      for (std::size_t n = 0; n < kImages; ++n) totals[o][n] += sums[o][n];
    }
  }

  // Adds those of the last, incomplete vector.
  void add_rest(std::size_t from, std::size_t count) {
    for (std::size_t o = 0; o < kOutputs; ++o) {
      for (std::size_t n = 0; n < kImages; ++n) {
        totals[o][n] += rest_of(folded[o] + from, count) * rest_of(x[n] + from, count);
      }
    }
  }
};

template <std::size_t kOutputs, std::size_t kImages>
void tile(const FoldedSums& s, std::size_t output, std::size_t image) {
  Tile<kOutputs, kImages> tile{};
  for (std::size_t o = 0; o < kOutputs; ++o) tile.folded[o] = s.folded + (output + o) * s.stride;
  for (std::size_t n = 0; n < kImages; ++n) tile.x[n] = s.x + (image + n) * s.x_stride;
  const std::size_t whole = s.length / kLanes * kLanes;
  for (std::size_t k = 0; k < whole; k += kChain) {
    tile.add(k, whole - k < kChain ? whole : k + kChain);
  }
  if (whole < s.length) tile.add_rest(whole, s.length - whole);
  for (std::size_t o = 0; o < kOutputs; ++o) {
    for (std::size_t n = 0; n < kImages; ++n) {
      s.sums[(output + o) * s.images + image + n] = sum_of(tile.totals[o][n]);
    }
  }
}

// The order of a sum does not depend on the tile that it is made in.
template <std::size_t kOutputs>
void outputs_of_tile(const FoldedSums& s, std::size_t output) {
  std::size_t image = 0;
  for (; image + kTileImages <= s.images; image += kTileImages) {
    tile<kOutputs, kTileImages>(s, output, image);
  }
  switch (s.images - image) {
    case 3:
      return tile<kOutputs, 3>(s, output, image);
    case 2:
      return tile<kOutputs, 2>(s, output, image);
    case 1:
      return tile<kOutputs, 1>(s, output, image);
    default:
      return;
  }
}

}  // namespace

void folded_sums(const FoldedSums& s) {
  std::size_t output = 0;
  for (; output + kTileOutputs <= s.outputs; output += kTileOutputs) {
    outputs_of_tile<kTileOutputs>(s, output);
  }
  for (; output < s.outputs; ++output) outputs_of_tile<1>(s, output);
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
