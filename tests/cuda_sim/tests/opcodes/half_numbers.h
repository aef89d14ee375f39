// f16 and bf16 as tables of all their values, written down from the definition of the formats: what
// the 16-bit tests compare with.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace cuda_sim::test {

struct HalfFormat {
  std::string name;  // "f16"
  int exponent_bits;
  int mantissa_bits;

  int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  double value(std::uint16_t bits) const {
    const int mantissa = bits & ((1 << mantissa_bits) - 1);
    const int exponent = bits >> mantissa_bits & ((1 << exponent_bits) - 1);
    const double sign = bits >> 15 != 0 ? -1 : 1;
    if (exponent == (1 << exponent_bits) - 1) return mantissa == 0 ? sign * INFINITY : NAN;
    if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias() - mantissa_bits);
    return sign * std::ldexp(mantissa + (1 << mantissa_bits), exponent - bias() - mantissa_bits);
  }
  std::uint16_t infinity() const {
    return static_cast<std::uint16_t>(((1 << exponent_bits) - 1) << mantissa_bits);
  }

  // The nearest value, even where two are as near; infinity from half a step beyond the largest
  // on. T: a type in which the value is exact.
  template <class T>
  std::uint16_t nearest(T exact) const {
    if (std::isnan(exact)) return 0x7fff;
    const auto sign = static_cast<std::uint16_t>(std::signbit(exact) ? 0x8000 : 0);
    const T magnitude = std::fabs(exact);
    std::uint16_t low = 0;  // largest finite value not above the magnitude, by bisection
    for (int bit = 14; bit >= 0; --bit) {
      const auto probe = static_cast<std::uint16_t>(low | 1 << bit);
      if (probe < infinity() && static_cast<T>(value(probe)) <= magnitude) low = probe;
    }
    const T step = std::ldexp(
        T{1}, std::max(static_cast<int>(low >> mantissa_bits), 1) - bias() - mantissa_bits);
    const T twice = (magnitude - static_cast<T>(value(low))) * 2;
    const bool up = twice > step || (twice == step && (low & 1) != 0);
    return static_cast<std::uint16_t>(sign | (low + (up ? 1 : 0)));
  }
};

inline const HalfFormat kHalf{"f16", 5, 10};
inline const HalfFormat kBrain{"bf16", 8, 7};

// Zeros, subnormals, ones, largest, infinities, NaN and ordinary numbers.
inline std::vector<std::uint16_t> half_edges(const HalfFormat& format) {
  std::vector<std::uint16_t> bits = {0, 1, 2, 3};
  const int m = format.mantissa_bits;
  for (const int i : {(1 << m) - 1, 1 << m, format.bias() << m, (format.bias() << m) + 1,
                      (format.bias() + 1) << m, (format.bias() - 3) << m | 37,
                      (format.bias() + 4) << m | 101, format.infinity() - 1, +format.infinity(),
                      (format.bias() - m - 1) << m, (format.bias() - m) << m | 1}) {
    bits.push_back(static_cast<std::uint16_t>(i));
  }
  const std::size_t count = bits.size();
  for (std::size_t i = 0; i < count; ++i) {
    bits.push_back(static_cast<std::uint16_t>(bits[i] | 0x8000));
  }
  bits.push_back(0x7fff);
  return bits;
}

}  // namespace cuda_sim::test
