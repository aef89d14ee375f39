#include "engine/backend/cuda/filter_rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;
using kernels::cuda::Element;

namespace {

constexpr std::size_t kFilters = 7;
constexpr std::size_t kSize = 8 * 25;

// One unit in the last place of numbers below 1 (the largest weight).
double unit_of(Element element) {
  return element == Element::kBfloat16 ? std::ldexp(1.0, -8) : std::ldexp(1.0, -11);
}

// A multiple of the unit that a number of this size has in the format.
bool is_held(float value, Element element) {
  if (value == 0) return true;
  int exponent = 0;
  std::frexp(static_cast<double>(value), &exponent);
  const int least = element == Element::kFloat16 ? -14 : -126;
  const int bits = element == Element::kBfloat16 ? 7 : 10;
  const double units = std::ldexp(static_cast<double>(value), bits - std::max(exponent - 1, least));
  return units == std::round(units);
}

}  // namespace

TEST_CASE("rounded filters hold numbers of the format and keep the sum of every stretch") {
  Random random(5);
  std::vector<float> weights = random.floats(kFilters * kSize);
  for (std::size_t i = 0; i < kSize; ++i) weights[i] *= 1e-6f;  // below float16's normal numbers
  for (const Element element : {Element::kFloat32, Element::kFloat16, Element::kBfloat16}) {
    const double unit = unit_of(element);
    const auto rounded = cuda::round_filters(weights.data(), kFilters, kSize, element);
    REQUIRE(rounded.size() == weights.size());
    for (std::size_t f = 0; f < kFilters; ++f) {
      double owed = 0;
      for (std::size_t i = f * kSize; i < (f + 1) * kSize; ++i) {
        REQUIRE(is_held(rounded[i], element));
        REQUIRE(std::abs(static_cast<double>(rounded[i]) - static_cast<double>(weights[i])) <=
                unit);
        owed += static_cast<double>(weights[i]) - static_cast<double>(rounded[i]);
        REQUIRE(std::abs(owed) <= unit / 2);
      }
    }
  }
}

TEST_CASE("weights that the format holds stay, weights beyond its range are not touched") {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> weights = {1.0f, -0.5f, 0.0f, 65504.0f, 70000.0f, infinity, 0.25f};
  CHECK(cuda::round_filters(weights.data(), 1, weights.size(), Element::kFloat16) == weights);
}
