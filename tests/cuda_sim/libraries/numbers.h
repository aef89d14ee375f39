// The floating-point types that tensors and matrices hold in device memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "tests/cuda_sim/opcodes/half.h"

namespace cuda_sim {

enum class DataType : std::uint8_t { kFloat, kHalf, kBfloat16 };

inline std::string to_string(DataType type) {
  switch (type) {
    case DataType::kFloat:
      return "float";
    case DataType::kHalf:
      return "half";
    case DataType::kBfloat16:
      return "bfloat16";
  }
  return "unknown type";
}

inline std::uint64_t bytes_of(DataType type) {
  return type == DataType::kFloat ? 4 : 2;
}

// Every value of the three types is a float, so nothing is rounded.
inline float load_number(DataType type, const std::byte* from) {
  if (type == DataType::kFloat) {
    float value = 0;
    std::memcpy(&value, from, 4);
    return value;
  }
  std::uint16_t bits = 0;
  std::memcpy(&bits, from, 2);
  return type == DataType::kHalf ? f16_to_float(bits) : bf16_to_float(bits);
}

// One rounding to nearest even; overflow gives infinity.
inline void store_number(DataType type, float value, std::byte* to) {
  if (type == DataType::kFloat) {
    std::memcpy(to, &value, 4);
    return;
  }
  const std::uint16_t bits = type == DataType::kHalf ? float_to_f16(value) : float_to_bf16(value);
  std::memcpy(to, &bits, 2);
}
inline void store_number(DataType type, double value, std::byte* to) {
  if (type == DataType::kFloat) return store_number(type, static_cast<float>(value), to);
  const auto bits = static_cast<std::uint16_t>(
      encode(type == DataType::kHalf ? kF16 : kBf16, value, Rounding::kNearestEven));
  std::memcpy(to, &bits, 2);
}

}  // namespace cuda_sim
