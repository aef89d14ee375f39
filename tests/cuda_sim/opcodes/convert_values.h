// The values of a conversion between its two halves: reading the source type of all lanes into the
// widest type of its class, and writing the destination type (PTX ISA 9.7.9, cvt).
#pragma once

#include <cstdint>

#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/opcodes/half.h"

namespace cuda_sim {

// How a floating-point value becomes integral.
enum class Integral : std::uint8_t { kNo, kNearestEven, kZero, kDown, kUp };

struct ConvertForm {
  Type to;
  Type from;
  Rounding rounding = Rounding::kNearestEven;
  Integral integral = Integral::kNo;
  bool ftz = false;
  bool saturate = false;
  bool relu = false;
};

// Sign- or zero-extended from the low bits of the source type, whatever the register's width.
// values: [32], here and below.
void read_integers(const Warp& warp, LaneRef from, Type type, std::int64_t* values);
// Exact in double. ftz: subnormal f32 become zero.
void read_floats(const Warp& warp, LaneRef from, Type type, bool ftz, double* values);

// The low bits of the type, extended to the register's width by the type's signedness. Unsigned
// 64-bit values travel in std::int64_t by their bits.
void write_integers(Warp& warp, LaneRef to, Type type, const std::int64_t* values);
// Rounded once. Writes register bits.
void write_floats(Warp& warp, LaneRef to, const ConvertForm& form, const double* values);

// One value to the type's range: .sat of integers.
std::int64_t saturate_integer(std::int64_t value, bool value_is_unsigned, Type to);
// Rounded to an integer, clamped to the type's range. NaN becomes 0, or the top bit alone where
// source or destination have 64 bits.
std::int64_t float_to_integer(double value, Integral how, Type to, Type from);
// std::nearbyint and its kin by direction.
double to_integral(double value, Integral how);

}  // namespace cuda_sim
