// Crop and resize against a slow reading of the specification, on sizes chosen to be awkward.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/image/preprocess.h"
#include "tests/image/encoders.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr int kSide = 224;

int crop_start(int length, int side) {
  const int d = length - side;
  if (d % 2 == 0) return d / 2;
  const int lower = (d - 1) / 2;
  const int upper = (d + 1) / 2;
  return lower % 2 == 0 ? lower : upper;
}

double triangle(double t) {
  return std::fabs(t) < 1.0 ? 1.0 - std::fabs(t) : 0.0;
}

// One output sample of one axis; sample(i) is input number i of n.
template <typename Sample>
int resample(int n, int o, Sample sample) {
  const double scale = static_cast<double>(n) / 224;
  const double f = std::max(scale, 1.0);
  const double inverse = 1.0 / f;
  const double centre = (o + 0.5) * scale;
  const int lo = std::max(0, static_cast<int>(centre - f + 0.5));
  const int hi = std::min(n, static_cast<int>(centre + f + 0.5));
  double sum = 0;
  for (int i = lo; i < hi; ++i) sum += triangle((i - centre + 0.5) * inverse);
  int total = 1 << 21;
  for (int i = lo; i < hi; ++i) {
    const double w = triangle((i - centre + 0.5) * inverse) / sum;
    total += sample(i) * static_cast<int>(0.5 + w * 4194304.0);
  }
  return std::clamp(total >> 22, 0, 255);
}

Bytes reference(const Bytes& rgb, int width, int height) {
  const int s = std::min(width, height);
  const int x0 = crop_start(width, s);
  const int y0 = crop_start(height, s);
  const auto pixel = [&](int x, int y, int c) {
    return static_cast<int>(rgb.at(static_cast<std::size_t>(((y0 + y) * width + x0 + x) * 3 + c)));
  };
  std::vector<int> narrow(static_cast<std::size_t>(s * kSide * 3));
  const auto at = [](int x, int y, int c) {
    return static_cast<std::size_t>((y * kSide + x) * 3 + c);
  };
  Bytes out(static_cast<std::size_t>(kSide * kSide * 3));
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < s; ++y) {
      for (int x = 0; x < kSide; ++x) {
        narrow[at(x, y, c)] =
            s == kSide ? pixel(x, y, c) : resample(s, x, [&](int i) { return pixel(i, y, c); });
      }
    }
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const int value = s == kSide ? narrow[at(x, y, c)]
                                     : resample(s, y, [&](int i) { return narrow[at(x, i, c)]; });
        out[at(x, y, c)] = static_cast<std::uint8_t>(value);
      }
    }
  }
  return out;
}

Bytes resized(const Bytes& rgb, int width, int height) {
  Bytes out(static_cast<std::size_t>(kSide * kSide * 3));
  crop_resize(rgb.data(), static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height),
              out.data());
  return out;
}

}  // namespace

TEST_CASE("awkward sizes resize exactly as the specification says") {
  const auto [width, height] = GENERATE(table<int, int>(
      {{1, 1},     {2, 3},     {3, 2},     {223, 223}, {224, 224}, {225, 225}, {224, 1},
       {1, 500},   {449, 449}, {448, 447}, {7, 1000},  {1000, 7},  {112, 113}, {223, 225},
       {225, 224}, {226, 231}, {673, 500}, {31, 37},   {640, 481}, {1201, 900}}));
  INFO(width << " x " << height);
  const Bytes rgb = noise(static_cast<std::size_t>(width * height * 3),
                          static_cast<std::uint32_t>(width * 7919 + height));
  CHECK(resized(rgb, width, height) == reference(rgb, width, height));
}

TEST_CASE("black and white edges survive the rounding") {
  for (const int width : {5, 240, 700}) {
    Bytes rgb(static_cast<std::size_t>(width * width * 3));
    for (std::size_t i = 0; i < rgb.size(); ++i) rgb[i] = i / 3 % 3 == 0 ? 255 : 0;
    CHECK(resized(rgb, width, width) == reference(rgb, width, width));
    const Bytes white(rgb.size(), 255);
    CHECK(resized(white, width, width) == Bytes(std::size_t{3} * kSide * kSide, 255));
  }
}

TEST_CASE("an odd surplus is cropped from the even one of the two middle offsets") {
  const auto [surplus, offset] =
      GENERATE(table<int, int>({{0, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 2}, {7, 4}, {9, 4}}));
  INFO(surplus);
  for (const bool wide : {true, false}) {
    const int width = wide ? kSide + surplus : kSide;
    const int height = wide ? kSide : kSide + surplus;
    Bytes rgb(static_cast<std::size_t>(width * height * 3));
    for (int p = 0; p < width * height; ++p) {
      rgb[static_cast<std::size_t>(3 * p)] =
          static_cast<std::uint8_t>(wide ? p % width : p / width);
    }
    CHECK(resized(rgb, width, height)[0] == offset);
  }
}

TEST_CASE("the largest side shrinks without overflow") {
  const int side = 9973;
  const Bytes rgb(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3, 255);
  CHECK(resized(rgb, side, side) == Bytes(std::size_t{3} * kSide * kSide, 255));
}
