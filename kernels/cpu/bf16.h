// float32 to bfloat16, nearest, ties to even. Infinities stay; a NaN stays one.
#pragma once

#include <bit>
#include <cstdint>

namespace corticast::kernels::cpu {

inline std::uint32_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
  const std::uint32_t quiet = bits >> 16 | 0x40u;
  return (bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded;
}

// The earlier position in the lower half.
inline std::uint32_t to_bf16_pair(float earlier, float later) {
  return to_bf16(earlier) | to_bf16(later) << 16;
}

}  // namespace corticast::kernels::cpu
