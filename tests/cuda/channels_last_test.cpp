// Kernels whose channels lie last, in each format, against plain loops in double precision whose
// rounding is the definition of the formats (formats.h). All of them are exact: a float32 result
// rounded once, compared bit for bit.
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

constexpr std::uint8_t kUntouched = 0xa5;  // bytes of outputs before a kernel
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> random_values(std::size_t count) {
  const std::vector<float> floats = Random(count).floats(count);
  return {floats.begin(), floats.end()};
}

}  // namespace

TEST_CASE("pixels are normalised into eight channels, of which five are zeros") {
  for (const std::string& card : kCards) {
    play(card);
    for (const Element element : kElements) {
      const Format format = format_of(element);
      for (const auto& [images, pixels] :
           {std::pair<std::size_t, std::size_t>{1, 1}, {3, 5}, {2, 512}, {1, 1023}, {3, 1025}}) {
        Random random(pixels);
        const std::vector<float> table = random.floats(768);
        std::vector<std::uint8_t> x(images * pixels * 3);
        for (std::uint8_t& value : x) value = static_cast<std::uint8_t>(random.below(256));
        std::vector<double> expected(images * pixels * 8);
        for (std::size_t i = 0; i < x.size(); ++i) {
          expected[i / 3 * 8 + i % 3] = table[i % 3 * 256 + x[i]];
        }

        const OnDevice<std::uint8_t> from(x);
        const OnDevice<float> values(table);
        const OnDevice<std::uint8_t> to(expected.size() * static_cast<std::size_t>(format.bytes()));
        INFO(card << ", " << name_of(element) << ", " << images << " x " << pixels << " pixels");
        REQUIRE(kernels::cuda::normalize_pixels_channels_last(from.get(), images, pixels,
                                                              values.get(), element, to.get(),
                                                              nullptr) == cudaSuccess);
        CHECK(to.read() == stored(format, expected));
      }
    }
    check_clean();
  }
}

TEST_CASE("normalising reads the pixels and a table per 1,024 of them, and writes once") {
  play("h100");
  const OnDevice<std::uint8_t> x(std::vector<std::uint8_t>(std::size_t{2} * 224 * 224 * 3, 9));
  const OnDevice<float> table(std::vector<float>(768, 1.5f));
  const OnDevice<std::uint8_t> y(std::size_t{2} * 224 * 224 * 8 * 2);
  kernels::cuda::normalize_pixels_channels_last(x.get(), 2, 224 * 224, table.get(),
                                                Element::kFloat16, y.get(), nullptr);
  const Traffic traffic = traffic_of("normalize_channels_last");
  CHECK(traffic.loaded == 2 * 224 * 224 * 3 + 98 * 768 * 4);
  CHECK(traffic.stored == 2 * 224 * 224 * 8 * 2);
  check_clean();
}

namespace {

struct Pool {
  kernels::cuda::PoolShape shape;
  std::size_t positions;  // of an image of the output in memory
  Format format;
  std::vector<double> x;

  std::size_t channels() const { return static_cast<std::size_t>(shape.channels); }
  std::size_t outputs() const {
    return static_cast<std::size_t>(shape.out_height() * shape.out_width());
  }
  // In float32, one after another, then rounded.
  double output(std::size_t image, std::size_t position, std::size_t channel) const {
    const auto width = static_cast<std::size_t>(shape.width);
    const auto out_width = static_cast<std::size_t>(shape.out_width());
    const auto stride = static_cast<std::size_t>(shape.stride);
    const std::size_t row =
        image * static_cast<std::size_t>(shape.height) + position / out_width * stride;
    const std::size_t column = position % out_width * stride;
    const auto at = [&](std::size_t i, std::size_t j) {
      return static_cast<float>(x[((row + i) * width + column + j) * channels() + channel]);
    };
    const float above = at(0, 0) + at(0, 1);
    const float below = at(1, 0) + at(1, 1);
    return round_to(format, static_cast<double>((above + below) * 0.25f));
  }
};

// Runs the pool on the device; CHECKs values, padding and the counter.
void check_pool(const Pool& pool, Element element) {
  const auto bytes = static_cast<std::size_t>(pool.format.bytes());
  const std::size_t size = pool.shape.images * pool.positions * pool.channels();
  const OnDevice<std::uint8_t> from(stored(pool.format, pool.x));
  const OnDevice<std::uint8_t> to(std::vector<std::uint8_t>(size * bytes, kUntouched));
  const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{1000});
  REQUIRE(kernels::cuda::pool2d_average_channels_last(pool.shape, element, from.get(),
                                                      pool.positions, to.get(), counter.get(),
                                                      nullptr) == cudaSuccess);
  const std::vector<std::uint8_t> raw = to.read();
  const std::vector<double> got = loaded(pool.format, raw);
  REQUIRE(got.size() == size);
  std::size_t wrong = 0;
  unsigned long long non_finite = 1000;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t position = i / pool.channels() % pool.positions;
    if (position < pool.outputs()) {
      const double expected =
          pool.output(i / pool.channels() / pool.positions, position, i % pool.channels());
      wrong += got[i] == expected || (std::isnan(got[i]) && std::isnan(expected)) ? 0u : 1u;
      non_finite += std::isfinite(expected) ? 0u : 1u;
    } else {
      for (std::size_t b = 0; b < bytes; ++b) wrong += raw[i * bytes + b] == kUntouched ? 0u : 1u;
    }
  }
  CHECK(wrong == 0);
  CHECK(counter.read().at(0) == non_finite);
}

}  // namespace

TEST_CASE("pools of channels-last images are rounded once and leave the padding alone") {
  for (const std::string& card : kCards) {
    play(card);
    for (const Element element : kElements) {
      for (const auto& [images, channels, height, width, stride, padding] :
           {std::tuple{1, 8, 2, 2, 1, 0},
            {1, 8, 2, 2, 2, 3},
            {2, 16, 5, 7, 1, 1},
            {3, 24, 7, 5, 2, 0},
            {1, 24, 4, 4, 1, 0},
            {2, 40, 9, 6, 2, 2},
            {1, 384, 7, 5, 1, 40},
            {2, 384, 4, 5, 2, 0}}) {
        Pool pool{{static_cast<std::size_t>(images), channels, height, width, stride},
                  0,
                  format_of(element),
                  {}};
        pool.positions = pool.outputs() + static_cast<std::size_t>(padding);
        pool.x = random_values(static_cast<std::size_t>(images * height * width * channels));
        for (double& value : pool.x) value = round_to(pool.format, value);
        INFO(card << ", " << name_of(element) << ", " << images << " x " << height << " x " << width
                  << " x " << channels << ", stride " << stride);
        check_pool(pool, element);
      }
    }
    check_clean();
  }
}

TEST_CASE("pools count NaN and infinite results, each once") {
  for (const std::string& card : kCards) {
    play(card);
    for (const Element element : kElements) {
      for (const int stride : {1, 2}) {
        Pool pool{{2, 72, 7, 9, stride}, 24, format_of(element), {}};
        pool.positions = std::max(pool.positions, pool.outputs());
        pool.x = random_values(std::size_t{2} * 72 * 7 * 9);
        const double largest =
            round_to(pool.format, 2.0 * std::ldexp(1.0, pool.format.bias()) *
                                      (1.0 - std::ldexp(1.0, -pool.format.fraction_bits - 1)));
        REQUIRE(std::isfinite(largest));
        for (std::size_t i = 0; i < pool.x.size(); ++i) {
          if (i % 97 == 0) pool.x[i] = std::nan("");
          if (i % 89 == 0) pool.x[i] = i % 2 == 0 ? kInfinity : -kInfinity;
          // Four of them overflow float32's sum, but not that of float16.
          if (i % 72 == 5) pool.x[i] = largest;
          pool.x[i] = round_to(pool.format, pool.x[i]);
        }
        INFO(card << ", " << name_of(element) << ", stride " << stride);
        check_pool(pool, element);

        // Every result, in every thread.
        pool.x.assign(pool.x.size(), kInfinity);
        check_pool(pool, element);
      }
    }
    check_clean();
  }
}

TEST_CASE("pools read no more than their windows, and what overlaps of two rows once") {
  play("a100");
  const OnDevice<std::uint8_t> x(std::vector<std::uint8_t>(std::size_t{9} * 13 * 384 * 2, 0));
  const OnDevice<std::uint8_t> y(std::size_t{8} * 12 * 384 * 2);
  const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{0});
  kernels::cuda::pool2d_average_channels_last({1, 384, 9, 13, 2}, Element::kFloat16, x.get(), 24,
                                              y.get(), counter.get(), nullptr);
  const Traffic apart = traffic_of("pool_pieces");
  CHECK(apart.loaded == 8 * 12 * 384 * 2);
  CHECK(apart.stored == 4 * 6 * 384 * 2);
  kernels::cuda::pool2d_average_channels_last({1, 384, 9, 13, 1}, Element::kFloat16, x.get(), 96,
                                              y.get(), counter.get(), nullptr);
  const Traffic overlapping = traffic_of("pool_pieces");
  // For two rows of results three rows of pairs.
  CHECK(overlapping.loaded - apart.loaded == 8 / 2 * 3 * 12 * 2 * 384 * 2);
  CHECK(overlapping.stored - apart.stored == 8 * 12 * 384 * 2);
  check_clean();
}

TEST_CASE("NaN and infinite values are counted in arrays of any size") {
  for (const std::string& card : kCards) {
    play(card);
    for (const Element element : kElements) {
      const Format format = format_of(element);
      for (const std::size_t size : {0u, 1u, 7u, 8u, 9u, 4095u, 8192u, 8193u, 20003u}) {
        std::vector<double> x = random_values(size);
        unsigned long long non_finite = 3;
        for (std::size_t i = 0; i < size; ++i) {
          if (i % 11 == 0) x[i] = std::nan("");
          if (i % 13 == 1) x[i] = i % 2 == 0 ? kInfinity : -kInfinity;
          non_finite += std::isfinite(x[i]) ? 0u : 1u;
        }
        // The last value too, wherever it is looked at.
        if (size > 0 && std::isfinite(x.back())) {
          x.back() = kInfinity;
          ++non_finite;
        }
        const OnDevice<std::uint8_t> from(stored(format, x));
        const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{3});
        INFO(card << ", " << size << " of " << name_of(element));
        REQUIRE(kernels::cuda::count_non_finite(element, from.get(), size, counter.get(),
                                                nullptr) == cudaSuccess);
        CHECK(counter.read().at(0) == non_finite);
      }
    }
    check_clean();
  }
}

TEST_CASE("counting reads every value once and touches the counter only to add") {
  play("h100");
  std::vector<double> x = random_values(30001);
  const OnDevice<std::uint8_t> from(stored(format_of(Element::kBfloat16), x));
  const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{0});
  kernels::cuda::count_non_finite(Element::kBfloat16, from.get(), x.size(), counter.get(), nullptr);
  const Traffic clean = traffic_of("count_pieces");
  CHECK(clean.loaded == 2 * 30001);
  CHECK(clean.stored == 0);
  check_clean();
}

TEST_CASE("65,535 images are one launch") {
  play("a100");
  constexpr std::size_t kImages = 65535;
  const OnDevice<std::uint8_t> pixels(std::vector<std::uint8_t>(kImages * 3, 255));
  const OnDevice<float> table(std::vector<float>(768, -2.0f));
  const OnDevice<std::uint16_t> x(kImages * 8);
  REQUIRE(kernels::cuda::normalize_pixels_channels_last(pixels.get(), kImages, 1, table.get(),
                                                        Element::kFloat16, x.get(),
                                                        nullptr) == cudaSuccess);
  CHECK(x.read()[(kImages - 1) * 8 + 2] == 0xc000);

  const OnDevice<std::uint16_t> squares(std::vector<std::uint16_t>(kImages * 4 * 8, 0x3c00));
  const OnDevice<unsigned long long> counter(std::vector<unsigned long long>{0});
  REQUIRE(kernels::cuda::pool2d_average_channels_last({kImages, 8, 2, 2, 2}, Element::kFloat16,
                                                      squares.get(), 1, x.get(), counter.get(),
                                                      nullptr) == cudaSuccess);
  CHECK(x.read() == std::vector<std::uint16_t>(kImages * 8, 0x3c00));
  check_clean();
}
