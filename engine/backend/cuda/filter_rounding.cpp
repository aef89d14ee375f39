#include "engine/backend/cuda/filter_rounding.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace corticast::cuda {
namespace {

using kernels::cuda::Element;

struct Format {
  int mantissa_bits;
  int least_exponent;  // of a normal number
  double largest;
};

Format format_of(Element element) {
  switch (element) {
    case Element::kFloat16:
      return {10, -14, 65504};
    case Element::kBfloat16:
      return {7, -126, 0x1.fep127};
    case Element::kFloat32:
      break;
  }
  return {10, -126, 0x1.ffcp127};
}

double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

// To the nearest number of the format, ties to even.
double nearest(double value, const Format& format) {
  const auto bits = static_cast<int>(std::bit_cast<std::uint64_t>(value) >> 52 & 0x7ff);
  const int exponent = std::max(bits - 1023, format.least_exponent);
  const int unit = exponent - format.mantissa_bits;
  return std::nearbyint(value * power_of_two(-unit)) * power_of_two(unit);
}

}  // namespace

std::vector<float> round_filters(const float* from, std::size_t filters, std::size_t size,
                                 Element element) {
  const Format format = format_of(element);
  std::vector<float> to(filters * size);
  for (std::size_t f = 0; f < filters; ++f) {
    double owed = 0;
    for (std::size_t i = f * size; i < (f + 1) * size; ++i) {
      const double wanted = static_cast<double>(from[i]) + owed;
      const double rounded = nearest(wanted, format);
      const bool held = std::abs(rounded) <= format.largest;  // false for NaN too
      to[i] = held ? static_cast<float>(rounded) : from[i];
      owed = held ? wanted - rounded : 0;
    }
  }
  return to;
}

}  // namespace corticast::cuda
