#include "tests/cuda/formats.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast::test {
namespace {

// Of a value that is a number of the format, NaN or infinite.
std::uint32_t bits_of(const Format& format, double value) {
  const int fraction = format.fraction_bits;
  const std::uint32_t sign = std::signbit(value) ? 1u << (fraction + format.exponent_bits) : 0u;
  const std::uint32_t top = ((1u << format.exponent_bits) - 1u) << fraction;
  if (std::isnan(value)) return sign | top | 1u << (fraction - 1);
  if (std::isinf(value)) return sign | top;
  // In units of the smallest subnormal number: counting up from there, the bits are an integer
  // that grows by one from each number to the next.
  const int exponent = value == 0 ? 0 : std::max(std::ilogb(value) + format.bias(), 1);
  const double units =
      std::ldexp(std::abs(value), fraction + format.bias() - std::max(exponent, 1));
  const std::uint32_t skipped =
      exponent > 1 ? static_cast<std::uint32_t>(exponent - 1) << fraction : 0u;
  return sign | (skipped + static_cast<std::uint32_t>(units));
}

double value_of(const Format& format, std::uint32_t bits) {
  const std::uint32_t fraction = bits & ((1u << format.fraction_bits) - 1u);
  const std::uint32_t exponent = bits >> format.fraction_bits & ((1u << format.exponent_bits) - 1u);
  const bool negative = bits >> (format.fraction_bits + format.exponent_bits) != 0;
  double size;
  if (exponent == (1u << format.exponent_bits) - 1u) {
    size = fraction == 0 ? std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  } else {
    const std::uint32_t whole = exponent == 0 ? 0u : 1u << format.fraction_bits;
    size =
        std::ldexp(static_cast<double>(whole + fraction),
                   std::max(static_cast<int>(exponent), 1) - format.bias() - format.fraction_bits);
  }
  return negative ? -size : size;
}

}  // namespace

Format format_of(kernels::cuda::Element element) {
  switch (element) {
    case kernels::cuda::Element::kFloat16:
      return {5, 10};
    case kernels::cuda::Element::kBfloat16:
      return {8, 7};
    default:
      return {8, 23};
  }
}

std::string name_of(kernels::cuda::Element element) {
  switch (element) {
    case kernels::cuda::Element::kFloat16:
      return "float16";
    case kernels::cuda::Element::kBfloat16:
      return "bfloat16";
    default:
      return "float32";
  }
}

double round_to(const Format& format, double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const int exponent = std::max(std::ilogb(value), 1 - format.bias());
  const int unit = exponent - format.fraction_bits;
  // Scaling by a power of two is exact, std::nearbyint rounds to nearest even.
  const double result = std::ldexp(std::nearbyint(std::ldexp(value, -unit)), unit);
  const double beyond = std::ldexp(1.0, format.bias() + 1);
  if (std::abs(result) < beyond) return result;
  return std::copysign(std::numeric_limits<double>::infinity(), value);
}

std::vector<std::uint8_t> stored(const Format& format, const std::vector<double>& values) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(values.size() * static_cast<std::size_t>(format.bytes()));
  for (const double value : values) {
    const std::uint32_t bits = bits_of(format, round_to(format, value));
    for (int i = 0; i < format.bytes(); ++i) {
      bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
    }
  }
  return bytes;
}

std::vector<double> loaded(const Format& format, const std::vector<std::uint8_t>& bytes) {
  const auto size = static_cast<std::size_t>(format.bytes());
  std::vector<double> values(bytes.size() / size);
  for (std::size_t v = 0; v < values.size(); ++v) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < size; ++i) {
      bits |= static_cast<std::uint32_t>(bytes[v * size + i]) << (8 * i);
    }
    values[v] = value_of(format, bits);
  }
  return values;
}

}  // namespace corticast::test
