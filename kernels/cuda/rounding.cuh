// float32 numbers to a format that may not hold them.
#pragma once

#include "kernels/cuda/element.cuh"

namespace corticast::kernels::cuda {

// Rounds, and counts into `overflows` what was finite and is not any more.
template <typename T, int kValues>
__device__ Piece<T, kValues> rounded(const float (&values)[kValues], unsigned& overflows) {
  Piece<T, kValues> piece;
  piece.pack(values);
  if constexpr (sizeof(T) < sizeof(float)) {
    constexpr std::uint32_t kMask = kExponentBits<float>;
    overflows += piece.non_finite();
#pragma unroll
    for (const float value : values)
      overflows -= (__float_as_uint(value) & kMask) == kMask ? 1u : 0u;
  }
  return piece;
}

}  // namespace corticast::kernels::cuda
