// Filters applied as the PNG specification writes them, then undone.
#include "engine/image/png_filter.h"

#include <cstdlib>

#include "tests/image/encoders.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kSlack = 8;

int paeth(int a, int b, int c) {
  const int p = a + b - c;
  const int pa = std::abs(p - a);
  const int pb = std::abs(p - b);
  const int pc = std::abs(p - c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

Bytes filtered(int filter, std::size_t pixel, const Bytes& above, const Bytes& row) {
  Bytes result = row;
  for (std::size_t i = 0; i + kSlack < row.size(); ++i) {
    const int a = i < pixel ? 0 : row[i - pixel];
    const int b = above[i];
    const int c = i < pixel ? 0 : above[i - pixel];
    const int predicted[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
    result[i] = static_cast<std::uint8_t>(row[i] - predicted[filter]);
  }
  return result;
}

}  // namespace

TEST_CASE("every PNG filter is undone, for every size of a pixel") {
  for (const std::size_t pixel : {1u, 2u, 3u, 4u, 6u, 8u}) {
    for (const std::size_t pixels : {1u, 2u, 17u, 301u}) {
      const std::size_t bytes = pixel * pixels;
      // Noise meets every order of the three distances; few levels meet their ties.
      for (const int levels : {256, 3}) {
        Bytes above = noise(bytes + kSlack, 1);
        Bytes row = noise(bytes + kSlack, 2);
        for (std::size_t i = 0; i < row.size(); ++i) {
          above[i] = static_cast<std::uint8_t>(above[i] % levels);
          row[i] = static_cast<std::uint8_t>(row[i] % levels);
        }
        for (int filter = 0; filter <= 4; ++filter) {
          INFO("filter " << filter << ", " << pixels << " pixels of " << pixel << " bytes");
          Bytes undone = filtered(filter, pixel, above, row);
          REQUIRE(undo_png_filter(filter, pixel, above.data(), undone.data(), bytes));
          CHECK(undone == row);
        }
      }
    }
  }
}

TEST_CASE("a PNG filter that does not exist is not undone") {
  Bytes above(16);
  Bytes row(16);
  for (const std::size_t pixel : {1u, 3u, 8u}) {
    CHECK_FALSE(undo_png_filter(5, pixel, above.data(), row.data(), 8));
    CHECK_FALSE(undo_png_filter(255, pixel, above.data(), row.data(), 8));
  }
}
