// The part of the bf16 readout that is compiled for AVX512-BF16.
#pragma once

#include <cstddef>
#include <cstdint>

namespace corticast::kernels::cpu {

// Two consecutive positions in bf16, the earlier one in the lower half.
using Bf16Pair = std::uint32_t;

// One block of rows against one packed image.
struct Bf16Block {
  static constexpr std::size_t kPanel = 64;  // columns side by side
  static constexpr std::size_t kRows = 96;   // their masks stay in L2 over many images
  const Bf16Pair* masks;                     // [rows / 6][pairs][6]
  const float* features[kRows];              // of each row, [channels]
  std::size_t rows;                          // a multiple of 6
  std::size_t channels;
  std::size_t pairs;
  const Bf16Pair* packed;  // [panels][pairs][kPanel], channels beyond the last are zero
  const Bf16Pair* next;    // the packed image that is wanted after this one, or this one
  float* y;                // [rows], without bias
};

// Needs bf16_available(Isa::kAvx512).
void readout_bf16_block(const Bf16Block& block);

}  // namespace corticast::kernels::cpu
