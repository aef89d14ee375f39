// Bit-exact conversions between the narrow floating-point formats of PTX and float or double:
// f16 (5 exponent bits, 10 mantissa bits), bf16 (8, 7) and tf32 (8, 10, in a 32-bit register).
// The results do not depend on the processor having such conversions. NaN results are the
// canonical NaN of the format (0x7fff for both 16-bit formats), as PTX ISA section 9.7.9 says of
// cvt. All functions expect the floating-point environment to round to nearest.
#pragma once

#include <bit>
#include <cstdint>

namespace cuda_sim {

enum class Rounding : std::uint8_t {
  kNearestEven,  // .rn
  kZero,         // .rz
  kDown,         // .rm
  kUp,           // .rp
  kNearestAway,  // .rna: ties away from zero
};

inline float f16_to_float(std::uint16_t value) {
  const std::uint32_t magnitude = static_cast<std::uint32_t>(value & 0x7fffU) << 13;
  const std::uint32_t sign = static_cast<std::uint32_t>(value & 0x8000U) << 16;
  // Rebiasing by a multiplication with a power of two is exact, for subnormal numbers too.
  const std::uint32_t finite =
      std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112F);
  const std::uint32_t special = magnitude > 0x0f800000U ? 0x7fffffffU : 0x7f800000U;
  const std::uint32_t bits = magnitude >= 0x0f800000U ? special : finite;
  return std::bit_cast<float>(bits == 0x7fffffffU ? bits : (bits | sign));
}

// Round to nearest even; overflow gives infinity.
inline std::uint16_t float_to_f16(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  const std::uint32_t normal = (magnitude + 0xfffU + ((magnitude >> 13) & 1U) - 0x38000000U) >> 13;
  // Below 2^-14 the result counts steps of 2^-24, which is the last place of numbers at 0.5.
  const std::uint32_t subnormal =
      std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) - 0x3f000000U;
  std::uint32_t result = magnitude < 0x38800000U ? subnormal : normal;
  result = magnitude >= 0x477ff000U ? 0x7c00U : result;  // 65520 and above
  result |= sign;
  return static_cast<std::uint16_t>(magnitude > 0x7f800000U ? 0x7fffU : result);
}

inline float bf16_to_float(std::uint16_t value) {
  const std::uint32_t bits = static_cast<std::uint32_t>(value) << 16;
  return std::bit_cast<float>((bits & 0x7fffffffU) > 0x7f800000U ? 0x7fffffffU : bits);
}

// Round to nearest even; overflow gives infinity.
inline std::uint16_t float_to_bf16(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  return static_cast<std::uint16_t>((bits & 0x7fffffffU) > 0x7f800000U ? 0x7fffU : rounded);
}

// cvt.rna.tf32.f32: ties away from zero; the low 13 bits of the result are zero.
inline std::uint32_t float_to_tf32(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffU) > 0x7f800000U) return 0x7fffffffU;
  if ((bits & 0x7fffffffU) == 0x7f800000U) return bits;
  return (bits + 0x1000U) & 0xffffe000U;
}

// What the tensor cores see of a 32-bit register given as tf32: its upper 19 bits.
inline float tf32_to_float(std::uint32_t register_bits) {
  return std::bit_cast<float>(register_bits & 0xffffe000U);
}

// A binary format of 1 + exponent_bits + mantissa_bits bits with infinities and NaN.
struct FloatFormat {
  unsigned exponent_bits;
  unsigned mantissa_bits;

  constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  constexpr std::uint64_t infinity() const {
    return ((std::uint64_t{1} << exponent_bits) - 1) << mantissa_bits;
  }
};
inline constexpr FloatFormat kF16{5, 10};
inline constexpr FloatFormat kBf16{8, 7};
inline constexpr FloatFormat kTf32{8, 10};
inline constexpr FloatFormat kF32{8, 23};

// One rounding of a double to a narrower format, in any direction. NaN gives all ones but the sign
// bit. Overflow gives infinity or the largest finite number, as IEEE 754 says of the direction.
inline std::uint64_t encode(FloatFormat format, double value, Rounding rounding) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  const bool negative = (bits >> 63) != 0;
  const std::uint64_t sign = static_cast<std::uint64_t>(negative)
                             << (format.exponent_bits + format.mantissa_bits);
  std::uint64_t mantissa = bits & 0xfffffffffffffU;
  const int raw_exponent = static_cast<int>((bits >> 52) & 0x7ffU);
  if (raw_exponent == 0x7ff) {
    if (mantissa == 0) return sign | format.infinity();
    return (std::uint64_t{1} << (format.exponent_bits + format.mantissa_bits)) - 1;
  }
  // value = mantissa * 2^(exponent - 52); subnormal doubles need no normalising, they are far
  // below the smallest number of every format here.
  if (raw_exponent != 0) mantissa |= std::uint64_t{1} << 52;
  const int exponent = (raw_exponent == 0 ? 1 : raw_exponent) - 1023;
  const int smallest = 1 - format.bias();
  const bool subnormal = exponent < smallest;
  const int wanted_drop =
      52 - static_cast<int>(format.mantissa_bits) + (subnormal ? smallest - exponent : 0);
  const unsigned drop = static_cast<unsigned>(wanted_drop > 62 ? 62 : wanted_drop);
  std::uint64_t kept = mantissa >> drop;
  const std::uint64_t rest = mantissa & ((std::uint64_t{1} << drop) - 1);
  const std::uint64_t half = std::uint64_t{1} << (drop - 1);
  bool up = false;
  switch (rounding) {
    case Rounding::kNearestEven:
      up = rest > half || (rest == half && (kept & 1U) != 0);
      break;
    case Rounding::kNearestAway:
      up = rest >= half;
      break;
    case Rounding::kZero:
      break;
    case Rounding::kDown:
      up = negative && rest != 0;
      break;
    case Rounding::kUp:
      up = !negative && rest != 0;
      break;
  }
  // A carry out of the mantissa moves into the exponent, as it should.
  std::uint64_t result = kept + (up ? 1U : 0U);
  if (!subnormal) {
    result += static_cast<std::uint64_t>(exponent - smallest) << format.mantissa_bits;
  }
  if (result < format.infinity()) return sign | result;
  const bool to_infinity =
      rounding == Rounding::kNearestEven || rounding == Rounding::kNearestAway ||
      (rounding == Rounding::kUp && !negative) || (rounding == Rounding::kDown && negative);
  return sign | (to_infinity ? format.infinity() : format.infinity() - 1);
}

}  // namespace cuda_sim
