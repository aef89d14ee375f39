#include "weights_tool/checkpoint/dtype.h"

#include <bit>
#include <cmath>

namespace corticast::weights {

std::uint64_t item_bytes(DType dtype) {
  switch (dtype) {
    case DType::kF64:
    case DType::kI64:
      return 8;
    case DType::kF32:
    case DType::kI32:
      return 4;
    case DType::kF16:
    case DType::kBF16:
    case DType::kI16:
      return 2;
    case DType::kI8:
    case DType::kU8:
    case DType::kBool:
      return 1;
  }
  return 1;
}

std::string_view dtype_name(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return "float32";
    case DType::kF64:
      return "float64";
    case DType::kF16:
      return "float16";
    case DType::kBF16:
      return "bfloat16";
    case DType::kI64:
      return "int64";
    case DType::kI32:
      return "int32";
    case DType::kI16:
      return "int16";
    case DType::kI8:
      return "int8";
    case DType::kU8:
      return "uint8";
    case DType::kBool:
      return "bool";
  }
  return "unknown";
}

bool is_floating(DType dtype) {
  return dtype == DType::kF32 || dtype == DType::kF64 || dtype == DType::kF16 ||
         dtype == DType::kBF16;
}

float widen_half(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1Fu;
  const std::uint32_t fraction = bits & 0x3FFu;
  if (exponent == 0) {  // zero or subnormal: fraction * 2^-24
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 0x1F ? 0xFFu : exponent + (127 - 15);
  return std::bit_cast<float>(sign | (wide << 23) | (fraction << 13));
}

float widen_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

float load_as_float(DType dtype, const std::byte* storage, std::uint64_t index) {
  const std::byte* at = storage + index * item_bytes(dtype);
  switch (dtype) {
    case DType::kF64: {
      // The conversion of an out-of-range double is undefined in C++, so it is done by hand.
      const auto wide = load_le<double>(at);
      constexpr double kFirstInfinite = 0x1.ffffffp127;  // halfway past the largest float
      if (wide >= kFirstInfinite) return HUGE_VALF;
      if (wide <= -kFirstInfinite) return -HUGE_VALF;
      return static_cast<float>(wide);
    }
    case DType::kF16:
      return widen_half(load_le<std::uint16_t>(at));
    case DType::kBF16:
      return widen_bfloat16(load_le<std::uint16_t>(at));
    default:
      return load_le<float>(at);
  }
}

}  // namespace corticast::weights
