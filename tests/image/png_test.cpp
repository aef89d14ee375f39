// PNG kinds that the golden images do not hold, in each of Pillow's conversion rules.
#include "engine/image/decode.h"
#include "tests/image/encoders.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

Bytes decode(const PngSpec& spec) {
  return decode_image(span_of(make_png(spec))).rgb;
}

Bytes greys(std::initializer_list<int> values) {
  Bytes rgb;
  for (const int v : values) rgb.insert(rgb.end(), 3, static_cast<std::uint8_t>(v));
  return rgb;
}

}  // namespace

TEST_CASE("low-bit grey PNGs are scaled to the full range") {
  CHECK(decode({3, 1, 0, 1, {0, 1, 0}, {}, {}}) == greys({0, 255, 0}));
  CHECK(decode({5, 1, 0, 2, {0, 1, 2, 3, 1}, {}, {}}) == greys({0, 85, 170, 255, 85}));
  CHECK(decode({3, 1, 0, 4, {0, 7, 15}, {}, {}}) == greys({0, 119, 255}));
}

TEST_CASE("16-bit grey is clipped at 255 and not scaled") {
  CHECK(decode({5, 1, 0, 16, {0, 254, 255, 256, 65535}, {}, {}}) == greys({0, 254, 255, 255, 255}));
}

TEST_CASE("16-bit colour and 16-bit grey with alpha keep the high byte") {
  CHECK(decode({1, 1, 2, 16, {0x12FF, 0x3400, 0x56AB}, {}, {}}) == Bytes{0x12, 0x34, 0x56});
  CHECK(decode({1, 1, 6, 16, {0x12FF, 0x3400, 0x56AB, 0}, {}, {}}) == Bytes{0x12, 0x34, 0x56});
  CHECK(decode({2, 1, 4, 16, {0x12FF, 0, 0x9900, 0xFFFF}, {}, {}}) == greys({0x12, 0x99}));
}

TEST_CASE("alpha and transparency have no effect on the colours") {
  CHECK(decode({1, 1, 6, 8, {10, 20, 30, 0}, {}, {}}) == Bytes{10, 20, 30});
  CHECK(decode({2, 1, 4, 8, {10, 0, 20, 128}, {}, {}}) == greys({10, 20}));
  CHECK(decode({1, 1, 0, 8, {10}, {}, {0, 10}}) == greys({10}));
  CHECK(decode({1, 1, 2, 8, {1, 2, 3}, {}, {0, 1, 0, 2, 0, 3}}) == Bytes{1, 2, 3});
  CHECK(decode({2, 1, 3, 8, {0, 1}, {9, 8, 7, 6, 5, 4}, {0, 0}}) == Bytes{9, 8, 7, 6, 5, 4});
}

TEST_CASE("a palette index beyond the palette is grey of its value") {
  CHECK(decode({3, 1, 3, 8, {0, 1, 200}, {9, 8, 7}, {}}) == Bytes{9, 8, 7, 1, 1, 1, 200, 200, 200});
  CHECK(decode({2, 1, 3, 2, {0, 3}, {9, 8, 7}, {}}) == Bytes{9, 8, 7, 3, 3, 3});
}

TEST_CASE("an interlaced PNG decodes like its plain twin") {
  struct Kind {
    int colour_type;
    int bits;
    std::uint32_t channels;
  };
  const Kind kind = GENERATE(Kind{0, 1, 1}, Kind{0, 2, 1}, Kind{3, 4, 1}, Kind{0, 8, 1},
                             Kind{0, 16, 1}, Kind{2, 8, 3}, Kind{6, 16, 4}, Kind{4, 8, 2});
  for (const auto& [width, height] :
       {std::pair{1u, 1u}, {3u, 2u}, {4u, 9u}, {13u, 11u}, {17u, 8u}}) {
    INFO(kind.colour_type << ' ' << kind.bits << ' ' << width << 'x' << height);
    PngSpec spec{width, height, kind.colour_type, kind.bits, {}, {}, {}};
    if (kind.colour_type == 3) spec.palette = noise(48, 3);
    for (const std::uint8_t byte : noise(width * height * kind.channels, 4)) {
      const int sample = kind.bits == 16 ? byte * 257 + 3 : byte >> (8 - kind.bits);
      spec.samples.push_back(static_cast<std::uint16_t>(sample));
    }
    const Bytes plain = decode(spec);
    spec.interlaced = true;
    CHECK(decode(spec) == plain);
  }
}

TEST_CASE("a PNG with a wrong checksum is refused") {
  Bytes png = make_png({3, 1, 2, 8, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {}, {}});
  const std::string text(png.begin(), png.end());
  const std::size_t data = text.find("IDAT");
  REQUIRE(data != std::string::npos);
  png[data + 12] ^= 1;
  CHECK_THROWS_WITH(decode_image(span_of(png)), contains("PNG: "));
}
