// Elements between memory and registers. Memory is moved in pieces of 16 bytes: four values of
// float32, eight of the 16-bit formats; arithmetic is done in float32.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>

#include "kernels/cuda/kernels.h"

namespace corticast::kernels::cuda {

template <typename T>
inline constexpr int kPerPiece = static_cast<int>(16 / sizeof(T));

__device__ inline float to_float(float value) {
  return value;
}
__device__ inline float to_float(__half value) {
  return __half2float(value);
}
__device__ inline float to_float(__nv_bfloat16 value) {
  return __bfloat162float(value);
}

// Rounded to nearest even; too large becomes infinite.
template <typename T>
__device__ T from_float(float value);
template <>
__device__ inline float from_float<float>(float value) {
  return value;
}
template <>
__device__ inline __half from_float<__half>(float value) {
  return __float2half_rn(value);
}
template <>
__device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float value) {
  return __float2bfloat16_rn(value);
}

// The exponent's bits, which are all set in NaN and the infinities alone.
template <typename T>
inline constexpr std::uint32_t kExponentBits = 0x7f800000u;
template <>
inline constexpr std::uint32_t kExponentBits<__half> = 0x7c00u;
template <>
inline constexpr std::uint32_t kExponentBits<__nv_bfloat16> = 0x7f80u;

// Some values as they lie in memory, loaded and stored by one instruction: 4, 8 or 16 bytes,
// aligned to that.
template <typename T, int kValues = kPerPiece<T>>
struct Piece {
  static constexpr int kWords = static_cast<int>(kValues * sizeof(T) / 4);
  static_assert(kWords == 1 || kWords == 2 || kWords == 4);
  std::uint32_t words[kWords];

  __device__ void load(const T* from) {
    if constexpr (kWords == 4) {
      const uint4 vector = *reinterpret_cast<const uint4*>(from);
      words[0] = vector.x;
      words[1] = vector.y;
      words[2] = vector.z;
      words[3] = vector.w;
    } else if constexpr (kWords == 2) {
      const uint2 vector = *reinterpret_cast<const uint2*>(from);
      words[0] = vector.x;
      words[1] = vector.y;
    } else {
      words[0] = *reinterpret_cast<const std::uint32_t*>(from);
    }
  }

  // In PTX, because nvcc takes some plain vector stores apart.
  __device__ void store(T* to) const {
    const std::size_t address = __cvta_generic_to_global(to);
    if constexpr (kWords == 4) {
      asm volatile("st.global.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(address), "r"(words[0]),
                   "r"(words[1]), "r"(words[2]), "r"(words[3])
                   : "memory");
    } else if constexpr (kWords == 2) {
      asm volatile("st.global.v2.u32 [%0], {%1, %2};" ::"l"(address), "r"(words[0]), "r"(words[1])
                   : "memory");
    } else {
      *reinterpret_cast<std::uint32_t*>(to) = words[0];
    }
  }

  __device__ void unpack(float (&values)[kValues]) const {
#pragma unroll
    for (int i = 0; i < kValues; ++i) {
      if constexpr (sizeof(T) == 4) {
        values[i] = __uint_as_float(words[i]);
      } else {
        const auto bits = static_cast<std::uint16_t>(words[i / 2] >> (16 * (i % 2)));
        if constexpr (kExponentBits<T> == kExponentBits<__half>) {
          values[i] = to_float(__ushort_as_half(bits));
        } else {
          values[i] = to_float(__ushort_as_bfloat16(bits));
        }
      }
    }
  }

  __device__ void pack(const float (&values)[kValues]) {
#pragma unroll
    for (int i = 0; i < kWords; ++i) {
      if constexpr (sizeof(T) == 4) {
        words[i] = __float_as_uint(values[i]);
      } else if constexpr (kExponentBits<T> == kExponentBits<__half>) {
        const __half2 both = __floats2half2_rn(values[2 * i], values[2 * i + 1]);
        words[i] = reinterpret_cast<const std::uint32_t&>(both);
      } else {
        const __nv_bfloat162 both = __floats2bfloat162_rn(values[2 * i], values[2 * i + 1]);
        words[i] = reinterpret_cast<const std::uint32_t&>(both);
      }
    }
  }

  // Of the values, NaN and infinite ones.
  __device__ unsigned non_finite() const {
    constexpr std::uint32_t kMask = kExponentBits<T>;
    unsigned count = 0;
#pragma unroll
    for (const std::uint32_t word : words) {
      count += (word & kMask) == kMask ? 1u : 0u;
      if constexpr (sizeof(T) == 2) count += (word >> 16 & kMask) == kMask ? 1u : 0u;
    }
    return count;
  }
};

// Calls function(T{}) with the type that is stored for the element.
template <typename Function>
cudaError_t with_type_of(Element element, const Function& function) {
  switch (element) {
    case Element::kFloat32:
      return function(float{});
    case Element::kFloat16:
      return function(__half{});
    case Element::kBfloat16:
      return function(__nv_bfloat16{});
  }
  return cudaErrorInvalidValue;
}

}  // namespace corticast::kernels::cuda
