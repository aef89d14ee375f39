// Floating-point operations on one lane, shared by the arithmetic opcodes.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "tests/cuda_sim/opcodes/half.h"

namespace cuda_sim {

// .ftz: subnormal numbers become zero of their sign.
inline float flush(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits & 0x7f800000U) == 0 ? bits & 0x80000000U : bits);
}

// .sat: to [0, 1], NaN to 0.
template <class T>
T saturate(T value) {
  return value > T{0} ? (value < T{1} ? value : T{1}) : T{0};
}

// .relu: what has a sign becomes +0, NaN stays.
template <class T>
T relu(T value) {
  return value == value && std::signbit(value) ? T{0} : value;
}

// f32 results that are NaN are this one NaN on every card so far. PTX keeps payloads in f64.
inline float canonical(float value) {
  return value == value ? value : std::bit_cast<float>(0x7fffffffU);
}
inline double canonical(double value) {
  return value;
}

// The nearest float on the side that has an odd last bit, unless exact: a second rounding to a much
// narrower format then gives what one rounding would have given.
inline float round_to_odd(double value) {
  const float nearest = static_cast<float>(value);
  const auto widened = static_cast<double>(nearest);
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(nearest);
  // To the neighbour on the other side of value: away from zero or towards it, which from infinity
  // is the largest number.
  const std::uint32_t other = std::fabs(widened) < std::fabs(value) ? bits + 1 : bits - 1;
  return std::bit_cast<float>(widened != value && (bits & 1U) == 0 ? other : bits);
}

// a * b + c of 16-bit formats, to be rounded once to the format. The product is exact in double.
inline float fma_to_odd(float a, float b, float c) {
  const double product = static_cast<double>(a) * static_cast<double>(b);
  const auto addend = static_cast<double>(c);
  double sum = product + addend;
  // What the sum lost (Knuth's two-sum); NaN or infinite sums have no such error.
  const double shadow = sum - product;
  const double error = (product - (sum - shadow)) + (addend - shadow);
  const auto bits = std::bit_cast<std::uint64_t>(sum);
  if (error != 0 && std::isfinite(sum) && (bits & 1U) == 0) {
    const bool grow = (error > 0) == (sum > 0);
    sum = std::bit_cast<double>(grow ? bits + 1 : bits - 1);
  }
  return round_to_odd(sum);
}

// The operations, in float and double. Those that PTX calls approximate (.approx, .full) are
// computed in double and rounded: nearer than any card, so the last bits differ from a card's.
namespace operation {

struct Add {
  template <class T>
  static T apply(T a, T b) {
    return a + b;
  }
};
struct Sub {
  template <class T>
  static T apply(T a, T b) {
    return a - b;
  }
};
struct Mul {
  template <class T>
  static T apply(T a, T b) {
    return a * b;
  }
};
struct Div {
  template <class T>
  static T apply(T a, T b) {
    return a / b;
  }
};
struct Fma {
  template <class T>
  static T apply(T a, T b, T c) {
    return std::fma(a, b, c);
  }
};
struct Rcp {
  template <class T>
  static T apply(T a) {
    return T{1} / a;
  }
};
struct Sqrt {
  template <class T>
  static T apply(T a) {
    return std::sqrt(a);
  }
};
struct Rsqrt {
  template <class T>
  static T apply(T a) {
    return static_cast<T>(1.0 / std::sqrt(static_cast<double>(a)));
  }
};
struct Ex2 {
  static float apply(float a) { return static_cast<float>(std::exp2(static_cast<double>(a))); }
};
struct Lg2 {
  static float apply(float a) { return static_cast<float>(std::log2(static_cast<double>(a))); }
};
struct Sin {
  static float apply(float a) { return static_cast<float>(std::sin(static_cast<double>(a))); }
};
struct Cos {
  static float apply(float a) { return static_cast<float>(std::cos(static_cast<double>(a))); }
};
struct Tanh {
  static float apply(float a) { return static_cast<float>(std::tanh(static_cast<double>(a))); }
};

// The operand that is no NaN; -0 is below +0.
struct Min {
  template <class T>
  static T apply(T a, T b) {
    const bool below = a < b || (a == b && std::signbit(a));
    return below || b != b ? a : b;
  }
};
struct Max {
  template <class T>
  static T apply(T a, T b) {
    const bool above = a > b || (a == b && !std::signbit(a));
    return above || b != b ? a : b;
  }
};
// .NaN: NaN if an operand is.
template <class Operation>
struct Strict {
  template <class T>
  static T apply(T a, T b) {
    return a != a || b != b ? std::numeric_limits<T>::quiet_NaN() : Operation::apply(a, b);
  }
};

}  // namespace operation
}  // namespace cuda_sim
