#include <cmath>

#include "kernels/normalize.h"
#include "kernels/scatter.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast::kernels;

TEST_CASE("normalisation looks every byte up in its channel's table") {
  std::vector<float> table(768);
  for (std::size_t i = 0; i < 768; ++i) table[i] = static_cast<float>(i);
  std::vector<std::uint8_t> x;
  for (unsigned v = 0; v < 256; ++v) {
    for (unsigned c = 0; c < 3; ++c) x.push_back(static_cast<std::uint8_t>((v + 85 * c) % 256));
  }
  std::vector<float> y(768);
  cpu::normalize_pixels(x.data(), 256, table.data(), y.data());
  for (std::size_t i = 0; i < 768; ++i) {
    REQUIRE(y[i] == static_cast<float>(256 * (i % 3) + x[i]));
  }
}

TEST_CASE("scatter fills everything else with NaN") {
  const std::vector<float> x = {1, 2, 3};
  const std::vector<std::uint32_t> positions = {0, 3, 6};
  std::vector<float> y(7, 99.0f);
  cpu::scatter_row(x.data(), positions, 7, y.data());
  for (std::size_t c = 0; c < 7; ++c) {
    if (c % 3 == 0) {
      CHECK(y[c] == x[c / 3]);
    } else {
      CHECK(std::isnan(y[c]));
    }
  }
}
