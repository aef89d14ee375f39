// What the tests of the kernels rest on: the formats, written down by their definition, against
// what the language itself rounds and against every number of 16 bits.
#include "tests/cuda/formats.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast::test;
using corticast::kernels::cuda::Element;

TEST_CASE("every 16-bit number is read and written back, and halfway goes to the even one") {
  for (const Element element : {Element::kFloat16, Element::kBfloat16}) {
    const Format format = format_of(element);
    INFO(name_of(element));
    const std::uint32_t infinite = ((1u << format.exponent_bits) - 1u) << format.fraction_bits;
    std::vector<std::uint8_t> bytes;
    for (std::uint32_t bits = 0; bits <= infinite; ++bits) {
      bytes.push_back(static_cast<std::uint8_t>(bits));
      bytes.push_back(static_cast<std::uint8_t>(bits >> 8));
    }
    const std::vector<double> values = loaded(format, bytes);
    CHECK(values[1] == std::ldexp(1.0, 1 - format.bias() - format.fraction_bits));
    CHECK(values[static_cast<std::size_t>(format.bias()) << format.fraction_bits] == 1.0);
    CHECK(std::isinf(values[infinite]));
    CHECK(stored(format, values) == bytes);
    std::size_t wrong = 0;
    for (std::size_t bits = 0; bits + 1 < infinite; ++bits) {
      const double low = values[bits];
      const double high = values[bits + 1];
      const double middle = (low + high) / 2;
      wrong += low < high ? 0u : 1u;
      wrong += round_to(format, middle) == (bits % 2 == 0 ? low : high) ? 0u : 1u;
      wrong += round_to(format, std::nextafter(middle, low)) == low ? 0u : 1u;
      wrong += round_to(format, -std::nextafter(middle, high)) == -high ? 0u : 1u;
    }
    CHECK(wrong == 0);
    const double largest = values[infinite - 1];
    const double unit = largest - values[infinite - 2];
    CHECK(round_to(format, std::nextafter(largest + unit / 2, 0.0)) == largest);
    CHECK(round_to(format, -(largest + unit / 2)) == -values[infinite]);
  }
}

TEST_CASE("float32 is rounded and stored as the language does") {
  const Format format = format_of(Element::kFloat32);
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    const int exponent = static_cast<int>(random.below(285)) - 155;
    const double value =
        std::ldexp(static_cast<double>(random.bits() >> 11) - 0x1p52, exponent - 52);
    REQUIRE(round_to(format, value) == static_cast<double>(static_cast<float>(value)));
  }
  CHECK(stored(format, {-1.5}) == std::vector<std::uint8_t>{0, 0, 0xc0, 0xbf});
  CHECK(loaded(format, {0, 0, 0xc0, 0xbf}) == std::vector<double>{-1.5});
}
