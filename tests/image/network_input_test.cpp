// Rows that pass through a strip must give what the whole image gives.
#include "engine/image/network_input.h"

#include "engine/base/error.h"
#include "engine/image/decode.h"
#include "tests/image/encoders.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kOutput = std::size_t{3} * kNetworkSide * kNetworkSide;

Bytes whole_image_first(const Bytes& file) {
  const Image image = decode_image(span_of(file));
  Bytes out(kOutput);
  crop_resize(image.rgb.data(), image.width, image.height, out.data());
  return out;
}

Bytes streamed(const Bytes& file) {
  Bytes out(kOutput, 0xAA);
  decode_network_input(span_of(file), out.data());
  return out;
}

}  // namespace

TEST_CASE("streamed images equal whole ones, wide and tall, around strips and the network's side") {
  const auto [width, height] = GENERATE(table<int, int>({{1, 1},
                                                         {1, 9},
                                                         {9, 1},
                                                         {15, 16},
                                                         {64, 65},
                                                         {65, 200},
                                                         {200, 65},
                                                         {127, 300},
                                                         {224, 224},
                                                         {224, 227},
                                                         {227, 224},
                                                         {225, 223},
                                                         {300, 192},
                                                         {193, 301},
                                                         {224, 64},
                                                         {255, 449},
                                                         {450, 257}}));
  INFO(width << " x " << height);
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  for (const bool progressive : {false, true}) {
    const Bytes jpeg = make_jpeg({width, height, 3, progressive, true},
                                 noise(pixels * 3, static_cast<std::uint32_t>(width)));
    CHECK(streamed(jpeg) == whole_image_first(jpeg));
  }
  PngSpec png{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)};
  const Bytes samples = noise(pixels * 3, 7);
  png.samples.assign(samples.begin(), samples.end());
  const Bytes plain = make_png(png);
  png.interlaced = true;
  CHECK(streamed(plain) == whole_image_first(plain));
  CHECK(streamed(make_png(png)) == whole_image_first(plain));
}

TEST_CASE("every kind of file streams") {
  const Bytes inks = make_jpeg({61, 40, 4, false, false}, noise(61 * 40 * 4, 3));
  CHECK(streamed(inks) == whole_image_first(inks));
  const Bytes grey = make_jpeg({61, 40, 1, false, false}, noise(61 * 40, 3));
  CHECK(streamed(grey) == whole_image_first(grey));
  const Bytes bmp = make_bmp({60, 40, 24, false, 0, {}, noise(60 * 40 * 3, 3), 0});
  CHECK(streamed(bmp) == whole_image_first(bmp));
}

TEST_CASE("a file that breaks off while its rows stream is an error") {
  Bytes jpeg = make_jpeg({300, 300, 3, false, true}, noise(300 * 300 * 3, 5));
  jpeg.resize(jpeg.size() / 2);
  Bytes out(kOutput);
  CHECK_THROWS_AS(decode_network_input(span_of(jpeg), out.data()), Error);
}
