// Exact on the CPU on every instruction set: not a bit may differ.
#include <algorithm>
#include <cstring>

#include "kernels/resize.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast::kernels;
using corticast::test::Random;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes random_image(std::uint32_t side, Random& random) {
  Bytes image(std::size_t{3} * side * side);
  for (std::uint8_t& byte : image) byte = static_cast<std::uint8_t>(random.bits());
  return image;
}

Bytes resized(const Bytes& image, std::uint32_t side, std::uint32_t outputs, cpu::Isa isa) {
  Bytes y(std::size_t{3} * outputs * outputs);
  cpu::Resize resize(side, outputs, isa, y.data());
  // Rows come from a buffer of one strip, as from a decoder: nothing outside it may be read, and
  // nothing of an earlier strip be needed.
  const std::size_t row = std::size_t{3} * side;
  for (std::size_t at = 0; at < side; at += resize.strip_rows()) {
    const std::size_t count = std::min(resize.strip_rows(), side - at);
    const Bytes strip(image.begin() + static_cast<std::ptrdiff_t>(at * row),
                      image.begin() + static_cast<std::ptrdiff_t>((at + count) * row));
    resize.add(strip.data(), row, count);
  }
  return y;
}

Bytes expected(const Bytes& image, std::uint32_t side, std::uint32_t outputs) {
  Bytes y(std::size_t{3} * outputs * outputs);
  reference::resize(image.data(), side, outputs, y.data());
  return y;
}

}  // namespace

TEST_CASE("resizing is exact on every instruction set, whatever the size") {
  // Squares of 16 bytes, strips of 16, 32 and 64 rows, 224 outputs: at, below and above each; the
  // reference takes longest, so it runs once a size.
  Random random(1);
  for (const std::uint32_t side :
       {1u,  2u,  3u,   5u,   6u,   7u,   11u,  15u,  16u,  17u,  31u,  32u,  33u,  63u,
        64u, 65u, 111u, 112u, 113u, 127u, 128u, 129u, 223u, 224u, 225u, 257u, 448u, 449u}) {
    INFO(side << " pixels to 224");
    const Bytes image = random_image(side, random);
    const Bytes wanted = expected(image, side, 224);
    for (const cpu::Isa isa : cpu::available_isas()) {
      INFO(cpu::to_string(isa));
      CHECK(resized(image, side, 224, isa) == wanted);
    }
  }
}

TEST_CASE("resizing is exact at random sizes and numbers of outputs, up to 20 to 1") {
  Random random(2);
  for (int round = 0; round < 60; ++round) {
    const auto outputs = static_cast<std::uint32_t>(32 * (1 + random.below(4)));
    const auto side = static_cast<std::uint32_t>(1 + random.below(outputs == 32 ? 640 : 400));
    INFO(side << " pixels to " << outputs);
    const Bytes image = random_image(side, random);
    const Bytes wanted = expected(image, side, outputs);
    for (const cpu::Isa isa : cpu::available_isas()) {
      INFO(cpu::to_string(isa));
      CHECK(resized(image, side, outputs, isa) == wanted);
    }
  }
}

TEST_CASE("resizing rounds sums of extreme bytes without leaving 0 to 255") {
  Random random(3);
  for (const std::uint32_t side : {5u, 97u, 640u}) {
    Bytes image(std::size_t{3} * side * side);
    for (std::uint8_t& byte : image) byte = random.bits() % 2 == 0 ? 0 : 255;
    const Bytes wanted = expected(image, side, 32);
    const Bytes white(image.size(), 255);
    for (const cpu::Isa isa : cpu::available_isas()) {
      INFO(cpu::to_string(isa));
      CHECK(resized(image, side, 32, isa) == wanted);
      CHECK(resized(white, side, 32, isa) == Bytes(std::size_t{3} * 32 * 32, 255));
    }
  }
}

TEST_CASE("weights of a resize are whole: they add up to one within their rounding") {
  for (const std::uint32_t inputs : {1u, 7u, 223u, 224u, 225u, 375u, 3000u, 32768u}) {
    const ResizeAxis axis = resize_axis(inputs, 224);
    for (std::size_t o = 0; o < 224; ++o) {
      REQUIRE(axis.count[o] >= 1);
      REQUIRE(axis.count[o] <= axis.widest);
      REQUIRE(axis.first[o] + axis.count[o] <= inputs);
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < axis.count[o]; ++i) {
        REQUIRE(axis.weights[o * axis.widest + i] >= 0);
        sum += axis.weights[o * axis.widest + i];
      }
      REQUIRE(std::abs(sum - (1 << 22)) <= static_cast<std::int64_t>(axis.count[o]) / 2 + 1);
    }
  }
}

TEST_CASE("a resize to a side that is no multiple of 32 is refused") {
  Bytes y(3 * 64 * 64);
  CHECK_THROWS_AS(cpu::Resize(5, 33, cpu::Isa::kPortable, y.data()), std::invalid_argument);
  CHECK_THROWS_AS(cpu::Resize(0, 32, cpu::Isa::kPortable, y.data()), std::invalid_argument);
}
