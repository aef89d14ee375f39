// Weights rounded to each format and laid out anew, bit for bit, and what overflows on the way.
#include <cmath>
#include <limits>
#include <tuple>

#include "kernels/cuda/kernels.h"
#include "tests/cuda/cards.h"
#include "tests/cuda/formats.h"
#include "tests/cuda/traffic.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;
using kernels::cuda::Element;

namespace {

// Numbers of every size a float32 has, zeros, infinities and NaN; and what lies next to the borders
// of float16 and bfloat16: halfway between two numbers, at the largest one, below the smallest.
std::vector<float> difficult_values(std::size_t count) {
  const std::vector<float> special = {0.0f,
                                      -0.0f,
                                      1.0f + 0x1p-11f,
                                      1.0f + 0x3p-11f,
                                      1.0f + 0x1p-8f,
                                      1.0f + 0x3p-8f,
                                      65504.0f,
                                      65519.99f,
                                      65520.0f,
                                      -65520.0f,
                                      0x1p-24f,
                                      0x1p-25f,
                                      0x1.000002p-25f,
                                      0x3p-25f,
                                      -0x1p-26f,
                                      0x1.ffp-15f,
                                      0x1.ffep-15f,
                                      0x1.fefffep127f,
                                      0x1.ffp127f,
                                      0x1.fffffep127f,
                                      0x1p-126f,
                                      0x1p-133f,
                                      0x1p-134f,
                                      0x1.8p-134f,
                                      0x1p-149f,
                                      std::numeric_limits<float>::infinity(),
                                      -std::numeric_limits<float>::infinity(),
                                      std::numeric_limits<float>::quiet_NaN()};
  Random random(count);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 3 == 0) {
      values[i] = special[random.below(special.size())];
    } else {
      // Half of them within float16's range.
      const int exponent = i % 3 == 1 ? static_cast<int>(random.below(40)) - 25
                                      : static_cast<int>(random.below(277)) - 149;
      values[i] = std::ldexp(random.uniform(), exponent);
    }
  }
  return values;
}

unsigned long long overflows(const Format& format, const std::vector<float>& values) {
  unsigned long long count = 0;
  for (const float value : values) {
    count +=
        std::isfinite(value) && std::isinf(round_to(format, static_cast<double>(value))) ? 1u : 0u;
  }
  return count;
}

// As numbers: every NaN is as good as another.
void check_same(const Format& format, const std::vector<std::uint8_t>& got,
                const std::vector<double>& expected) {
  const std::vector<double> values = loaded(format, got);
  REQUIRE(values.size() == expected.size());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double rounded = round_to(format, expected[i]);
    const bool same = values[i] == rounded && std::signbit(values[i]) == std::signbit(rounded);
    wrong += same || (std::isnan(values[i]) && std::isnan(rounded)) ? 0u : 1u;
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("rows are rounded to nearest even and padded with zeros") {
  for (const std::string& card : kCards) {
    play(card);
    for (const Element element : kElements) {
      const Format format = format_of(element);
      for (const auto& [rows, width, padded] :
           {std::tuple<std::size_t, std::size_t, std::size_t>{1, 1, 8},
            {1, 384, 384},
            {3, 75, 128},
            {9, 7, 64},
            {17, 676, 704},
            {8, 258, 264},
            {2, 1030, 1088}}) {
        const std::vector<float> x = difficult_values(rows * width);
        std::vector<double> expected(rows * padded);
        for (std::size_t i = 0; i < x.size(); ++i) {
          expected[i / width * padded + i % width] = static_cast<double>(x[i]);
        }
        const OnDevice<float> from(x);
        const OnDevice<std::uint8_t> to(rows * padded * static_cast<std::size_t>(format.bytes()));
        const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{50});
        INFO(card << ", " << name_of(element) << ", " << rows << " x " << width << " in "
                  << padded);
        REQUIRE(kernels::cuda::convert_rows(from.get(), rows, width, padded, element, to.get(),
                                            counter.get(), nullptr) == cudaSuccess);
        check_same(format, to.read(), expected);
        CHECK(counter.read().at(0) == 50 + overflows(format, x));
      }
    }
    check_clean();
  }
}

TEST_CASE("filters are rounded, turned round and padded with zeros") {
  for (const std::string& card : kCards) {
    play(card);
    for (const Element element : kElements) {
      const Format format = format_of(element);
      for (const auto& [out_channels, in_channels, kernel, padded] : {std::tuple{5, 3, 7, 8},
                                                                      {3, 8, 1, 8},
                                                                      {2, 70, 3, 72},
                                                                      {3, 64, 5, 64},
                                                                      {1, 130, 3, 192},
                                                                      {1, 9, 9, 16}}) {
        const auto in = static_cast<std::size_t>(in_channels);
        const auto width = static_cast<std::size_t>(padded);
        const auto taps = static_cast<std::size_t>(kernel * kernel);
        const auto filters = static_cast<std::size_t>(out_channels);
        const std::vector<float> x = difficult_values(filters * in * taps);
        std::vector<double> expected(filters * taps * width);
        for (std::size_t o = 0; o < filters; ++o) {
          for (std::size_t c = 0; c < in; ++c) {
            for (std::size_t t = 0; t < taps; ++t) {
              expected[(o * taps + t) * width + c] =
                  static_cast<double>(x[(o * in + c) * taps + t]);
            }
          }
        }
        const OnDevice<float> from(x);
        const OnDevice<std::uint8_t> to(expected.size() * static_cast<std::size_t>(format.bytes()));
        const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{0});
        INFO(card << ", " << name_of(element) << ", " << out_channels << " x " << in_channels
                  << " filters " << kernel << " x " << kernel << " in " << padded);
        REQUIRE(kernels::cuda::convert_filters(from.get(), out_channels, in_channels, kernel,
                                               padded, element, to.get(), counter.get(),
                                               nullptr) == cudaSuccess);
        check_same(format, to.read(), expected);
        CHECK(counter.read().at(0) == overflows(format, x));
      }
    }
    check_clean();
  }
}

TEST_CASE("weights are read once and written once") {
  play("a100");
  const OnDevice<float> x(Random(1).floats(std::size_t{40} * 676));
  const OnDevice<std::uint8_t> y(std::size_t{40} * 704 * 2);
  const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{0});
  kernels::cuda::convert_rows(x.get(), 40, 676, 704, Element::kFloat16, y.get(), counter.get(),
                              nullptr);
  const Traffic rows = traffic_of("round_rows");
  CHECK(rows.loaded == 40 * 676 * 4);
  CHECK(rows.stored == 40 * 704 * 2);
  kernels::cuda::convert_filters(x.get(), 4, 100, 5, 104, Element::kBfloat16, y.get(),
                                 counter.get(), nullptr);
  const Traffic filters = traffic_of("turn_filters");
  CHECK(filters.loaded == 4 * 100 * 25 * 4);
  CHECK(filters.stored == 4 * 104 * 25 * 2);
  check_clean();
}
