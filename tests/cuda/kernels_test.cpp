// Bytes moved and pooled: bit for bit what the CPU's kernels and plain loops give.
#include "kernels/cuda/kernels.h"

#include <cmath>
#include <limits>

#include "kernels/pool2d.h"
#include "tests/cuda/cards.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// [n, h, w, c] of the CPU's kernels to [n, c, h * w] of the device's.
std::vector<float> to_planes(const std::vector<float>& x, std::size_t images, std::size_t pixels,
                             std::size_t channels) {
  std::vector<float> planes(x.size());
  for (std::size_t n = 0; n < images; ++n) {
    for (std::size_t p = 0; p < pixels; ++p) {
      for (std::size_t c = 0; c < channels; ++c) {
        planes[(n * channels + c) * pixels + p] = x[(n * pixels + p) * channels + c];
      }
    }
  }
  return planes;
}

}  // namespace

TEST_CASE("pixels are normalised through the table into planes") {
  for (const std::string& card : kCards) {
    play(card);
    for (const std::size_t pixels : {1u, 4u, 5u, 1023u, 1024u, 1028u}) {
      constexpr std::size_t kImages = 3;
      Random random(pixels);
      const std::vector<float> table = random.floats(768);
      std::vector<std::uint8_t> x(kImages * pixels * 3);
      for (std::uint8_t& value : x) value = static_cast<std::uint8_t>(random.below(256));
      std::vector<float> expected(x.size());
      for (std::size_t i = 0; i < x.size(); ++i) expected[i] = table[i % 3 * 256 + x[i]];

      const OnDevice<std::uint8_t> from(x);
      const OnDevice<float> values(table);
      const OnDevice<float> to(x.size());
      INFO(card << ", " << pixels << " pixels");
      REQUIRE(kernels::cuda::normalize_pixels(from.get(), kImages, pixels, values.get(), to.get(),
                                              nullptr) == cudaSuccess);
      CHECK(to.read() == to_planes(expected, kImages, pixels, 3));
    }
    check_clean();
  }
}

TEST_CASE("pools have the bits of the CPU's pool in both layouts") {
  for (const std::string& card : kCards) {
    play(card);
    for (const auto& [images, channels, height, width, stride] : {std::tuple{1, 1, 2, 2, 1},
                                                                  {2, 3, 2, 3, 2},
                                                                  {3, 8, 5, 7, 1},
                                                                  {1, 33, 7, 5, 2},
                                                                  {2, 5, 8, 9, 2},
                                                                  {1, 16, 27, 27, 1},
                                                                  {2, 40, 10, 34, 2},
                                                                  {1, 7, 22, 18, 2}}) {
      const kernels::Pool2dShape shape{channels, height, width, stride};
      const auto in = static_cast<std::size_t>(height * width);
      const auto out = static_cast<std::size_t>(shape.out_height() * shape.out_width());
      const auto n = static_cast<std::size_t>(images);
      const auto c = static_cast<std::size_t>(channels);
      const std::vector<float> x = Random(in * c).floats(n * in * c);
      std::vector<float> expected(n * out * c);
      for (std::size_t k = 0; k < n; ++k) {
        kernels::cpu::pool2d_average(shape, x.data() + k * in * c, expected.data() + k * out * c);
      }

      const kernels::cuda::PoolShape device_shape{n, channels, height, width, stride};
      const OnDevice<float> from(to_planes(x, n, in, c));
      const OnDevice<float> planes(expected.size());
      const OnDevice<float> channels_last(expected.size());
      INFO(card << ", " << images << " x " << channels << " x " << height << " x " << width
                << ", stride " << stride);
      REQUIRE(kernels::cuda::pool2d_average(device_shape, from.get(), planes.get(), nullptr) ==
              cudaSuccess);
      CHECK(planes.read() == to_planes(expected, n, out, c));
      REQUIRE(kernels::cuda::pool2d_average_to_channels_last(
                  device_shape, from.get(), channels_last.get(), nullptr) == cudaSuccess);
      CHECK(channels_last.read() == expected);
    }
    check_clean();
  }
}

TEST_CASE("scatter puts every row to its column and NaN elsewhere") {
  for (const std::string& card : kCards) {
    play(card);
    for (const auto& [rows, columns] : {std::pair{1u, 1u}, {3u, 7u}, {100u, 256u}, {257u, 1000u}}) {
      constexpr std::size_t kImages = 2;
      const std::vector<float> x = Random(rows).floats(kImages * rows);
      std::vector<std::uint32_t> source(columns, kernels::cuda::kNoSource);
      for (std::uint32_t i = 0; i < rows; ++i) source[i * (columns / rows)] = i;

      const OnDevice<float> from(x);
      const OnDevice<std::uint32_t> sources(source);
      const OnDevice<float> to(kImages * columns);
      INFO(card << ", " << rows << " rows to " << columns << " columns");
      REQUIRE(kernels::cuda::scatter_columns(from.get(), kImages, rows, sources.get(), columns,
                                             to.get(), nullptr) == cudaSuccess);
      const std::vector<float> got = to.read();
      REQUIRE(got.size() == kImages * columns);
      for (std::size_t i = 0; i < got.size(); ++i) {
        const std::uint32_t row = source[i % columns];
        if (row == kernels::cuda::kNoSource) {
          REQUIRE(std::isnan(got[i]));
        } else {
          REQUIRE(got[i] == x[i / columns * rows + row]);
        }
      }
    }
    check_clean();
  }
}
