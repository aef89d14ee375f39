// Compiled once per instruction set. Both sides of these products lie contiguous along the sum, so
// vectors run along it: nothing is packed, and a folded number is read from memory once for all
// images.
#include "kernels/cpu/fold_kernels.h"
#include "kernels/cpu/tile.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

constexpr std::size_t kTileOutputs = 4;
constexpr std::size_t kTileImages = 4;

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
void tile(const FoldedSums& s, std::size_t output, std::size_t image) {
  const float* folded[kOutputs];
  const float* x[kImages];
  for (std::size_t o = 0; o < kOutputs; ++o) folded[o] = s.folded + (output + o) * s.stride;
  for (std::size_t n = 0; n < kImages; ++n) x[n] = s.x + (image + n) * s.x_stride;
  Vector sums[kOutputs][kImages] = {};
  const auto add = [&sums](const Vector(&a)[kOutputs], const Vector(&b)[kImages]) {
    for (std::size_t o = 0; o < kOutputs; ++o) {
      for (std::size_t n = 0; n < kImages; ++n) sums[o][n] += a[o] * b[n];
    }
  };
  const std::size_t whole = s.length / kLanes * kLanes;
  Vector a[kOutputs];
  Vector b[kImages];
  for (std::size_t k = 0; k < whole; k += kLanes) {
    for (std::size_t o = 0; o < kOutputs; ++o) a[o] = vector_at(folded[o] + k);
    for (std::size_t n = 0; n < kImages; ++n) b[n] = vector_at(x[n] + k);
    add(a, b);
  }
  if (whole < s.length) {
    for (std::size_t o = 0; o < kOutputs; ++o) a[o] = rest_of(folded[o] + whole, s.length - whole);
    for (std::size_t n = 0; n < kImages; ++n) b[n] = rest_of(x[n] + whole, s.length - whole);
    add(a, b);
  }
  for (std::size_t o = 0; o < kOutputs; ++o) {
    for (std::size_t n = 0; n < kImages; ++n) {
      s.sums[(output + o) * s.images + image + n] = sum_of(sums[o][n]);
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
  for (; image < s.images; ++image) tile<kOutputs, 1>(s, output, image);
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
