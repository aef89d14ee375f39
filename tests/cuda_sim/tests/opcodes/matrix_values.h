// Elements of matrix operands by the definitions of their formats, and products in double.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace cuda_sim::test {

// Element bits, in the low end.
using Raw = std::uint64_t;

inline unsigned bits_of(const std::string& type) {
  if (type == "s8" || type == "u8") return 8;
  if (type == "f16" || type == "bf16") return 16;
  return type == "f64" ? 64 : 32;
}

// A binary format of `exponent_bits` and `mantissa_bits`, by its definition; finite values only.
inline double decode_float(Raw raw, int exponent_bits, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = static_cast<int>(raw >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const auto mantissa = static_cast<double>(raw & ((Raw{1} << mantissa_bits) - 1));
  const double fraction = std::ldexp(mantissa, -mantissa_bits);
  const double magnitude =
      exponent == 0 ? std::ldexp(fraction, 1 - bias) : std::ldexp(1.0 + fraction, exponent - bias);
  return (raw >> (exponent_bits + mantissa_bits) & 1U) != 0 ? -magnitude : magnitude;
}

inline double value_of(const std::string& type, Raw raw) {
  if (type == "f16") return decode_float(raw, 5, 10);
  if (type == "bf16") return decode_float(raw, 8, 7);
  if (type == "tf32") return decode_float(raw >> 13, 8, 10);
  if (type == "f32") return decode_float(raw, 8, 23);
  if (type == "f64") return decode_float(raw, 11, 52);
  if (type == "s8") return static_cast<double>(raw) - (raw >= 128 ? 256.0 : 0.0);
  if (type == "u8") return static_cast<double>(raw);
  if (type == "s32") return static_cast<double>(raw) - (raw >= 0x80000000U ? 4294967296.0 : 0.0);
  throw std::invalid_argument(type);
}

// Nearest, ties to even. Integers wrap.
inline Raw rounded_to(const std::string& type, double value) {
  const Raw sign = std::signbit(value) ? 1 : 0;
  const double magnitude = std::fabs(value);
  if (type == "f64") return std::bit_cast<Raw>(value);
  if (type == "f32") return std::bit_cast<std::uint32_t>(static_cast<float>(value));
  if (type == "s32") return static_cast<Raw>(static_cast<std::int64_t>(value)) & 0xffffffffU;
  if (type != "f16") throw std::invalid_argument(type);
  if (magnitude >= 65520.0) return sign << 15 | 0x7c00U;
  const int exponent = std::max(magnitude == 0 ? -14 : std::ilogb(magnitude), -14);
  const double steps = std::nearbyint(std::ldexp(magnitude, 10 - exponent));  // of 2^(exponent-10)
  // The leading bit of a normal number (steps >= 1024) adds one to the exponent field.
  return sign << 15 | ((static_cast<Raw>(exponent + 14) << 10) + static_cast<Raw>(steps));
}

// Values between about 2^-7 and 2^7, so that sums of products are exact in double. All bits of the
// register are random, also those that tf32 does not look at. f64: small integers.
inline Raw random_raw(const std::string& type, std::mt19937& random) {
  const Raw bits = random();
  if (type == "f16") return (bits & 0x83ffU) | (8 + (bits >> 16) % 14) << 10;
  if (type == "bf16") return (bits & 0x807fU) | (120 + (bits >> 16) % 14) << 7;
  if (type == "tf32" || type == "f32") {
    return (bits & 0x807fffffU) | static_cast<Raw>(120 + random() % 14) << 23;
  }
  if (type == "f64") return std::bit_cast<Raw>(static_cast<double>(bits % 2001) - 1000.0);
  if (type == "s32") return bits & 0xffffffffU;
  return bits & 0xffU;
}

struct Matrix {
  std::string type;
  unsigned rows = 0;
  unsigned columns = 0;
  std::vector<Raw> elements;  // row by row

  Matrix(std::string type_name, unsigned row_count, unsigned column_count)
      : type(std::move(type_name)),
        rows(row_count),
        columns(column_count),
        elements(static_cast<std::size_t>(row_count) * column_count) {}

  Raw& at(unsigned row, unsigned column) { return elements[row * columns + column]; }
  Raw at(unsigned row, unsigned column) const { return elements[row * columns + column]; }
  double value(unsigned row, unsigned column) const { return value_of(type, at(row, column)); }

  static Matrix random(const std::string& type, unsigned rows, unsigned columns,
                       std::mt19937& random) {
    Matrix result(type, rows, columns);
    for (Raw& raw : result.elements) raw = random_raw(type, random);
    return result;
  }
};

// a * b + c, rounded once to the type.
inline Matrix product(const Matrix& a, const Matrix& b, const Matrix& c, const std::string& type) {
  Matrix d(type, c.rows, c.columns);
  for (unsigned i = 0; i < d.rows; ++i) {
    for (unsigned j = 0; j < d.columns; ++j) {
      double sum = c.value(i, j);
      for (unsigned k = 0; k < a.columns; ++k) sum += a.value(i, k) * b.value(k, j);
      d.at(i, j) = rounded_to(type, sum);
    }
  }
  return d;
}

}  // namespace cuda_sim::test
