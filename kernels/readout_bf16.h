// The factorised readout of readout.h with masks and image rounded to bfloat16 (nearest, ties to
// even), features, bias and all sums in float32, for processors whose instructions multiply pairs
// of bf16 (bf16_available()). Products are exact; subnormal numbers count as zero. Rounding two
// factors costs 2e-3 of the responses' rms, more where the terms of a row cancel. Source:
// readout.h; bfloat16 is the upper half of an IEEE 754 binary32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/buffer.h"
#include "kernels/readout.h"

namespace corticast::kernels::cpu {

// Words of one packed image. A word is two positions of one channel.
std::size_t packed_image_words(int channels, int positions);
// x: [positions, channels], rounded into panels the kernel reads in order; packed:
// packed_image_words(), 64-byte aligned.
void pack_image_bf16(const float* x, int channels, int positions, std::uint32_t* packed);

class Bf16Readout {
 public:
  // Rounds the masks of `rows` with the caller's OpenMP threads. Keeps reading rows, features and
  // bias where they are; the masks are not needed afterwards.
  Bf16Readout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows);

  // Bytes that an object holds.
  static std::size_t packed_bytes(int positions, std::size_t rows);
  // packed: `images` packed images, one after the other. y[n * y_stride + i]. A row's sum is made
  // in one order whatever the other rows, the images and the thread count. Uses the caller's OpenMP
  // threads. Needs bf16_available(Isa::kAvx512). Keeps no state.
  void run(const std::uint32_t* packed, std::size_t images, float* y, std::size_t y_stride) const;

 private:
  ReadoutWeights weights_;
  std::span<const std::uint32_t> rows_;
  Buffer masks_;  // [tiles of 6 rows][pairs of positions][6] words
};

}  // namespace corticast::kernels::cpu
