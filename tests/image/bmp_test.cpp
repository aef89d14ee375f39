#include "engine/base/error.h"
#include "engine/image/decode.h"
#include "tests/image/encoders.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

Bytes decode(const BmpSpec& spec) {
  return decode_image(span_of(make_bmp(spec))).rgb;
}

}  // namespace

TEST_CASE("a 24-bit BMP is stored bottom row first, blue first, rows padded") {
  BmpSpec spec{.width = 1, .height = 2, .bits = 24};
  spec.pixels = {1, 2, 3, 0, 4, 5, 6, 0};
  CHECK(decode(spec) == Bytes{6, 5, 4, 3, 2, 1});
  spec.height = -2;
  CHECK(decode(spec) == Bytes{3, 2, 1, 6, 5, 4});
}

TEST_CASE("the last row of a BMP may lack its padding") {
  BmpSpec spec{.width = 1, .height = 2, .bits = 24};
  spec.pixels = {1, 2, 3, 0, 4, 5, 6};
  CHECK(decode(spec) == Bytes{6, 5, 4, 3, 2, 1});
  spec.pixels.pop_back();
  CHECK_THROWS_WITH(decode(spec), contains("cut short"));
}

TEST_CASE("the fourth byte of a 32-bit BMP is ignored") {
  BmpSpec spec{.width = 2, .height = 1, .bits = 32};
  spec.pixels = {1, 2, 3, 0, 4, 5, 6, 255};
  CHECK(decode(spec) == Bytes{3, 2, 1, 6, 5, 4});
}

TEST_CASE("palette BMPs of every depth give their colours") {
  BmpSpec spec{.width = 3, .height = 1, .bits = 1};
  spec.palette = {10, 20, 30, 0, 40, 50, 60, 0};
  spec.pixels = {0b01000000, 0, 0, 0};
  CHECK(decode(spec) == Bytes{30, 20, 10, 60, 50, 40, 30, 20, 10});
  spec.bits = 4;
  spec.colours = 2;
  spec.pixels = {0x01, 0x00, 0, 0};
  CHECK(decode(spec) == Bytes{30, 20, 10, 60, 50, 40, 30, 20, 10});
  spec.bits = 8;
  spec.pixels = {0, 1, 0, 0};
  CHECK(decode(spec) == Bytes{30, 20, 10, 60, 50, 40, 30, 20, 10});
}

TEST_CASE("a palette index that a BMP does not define is grey of its value") {
  BmpSpec spec{.width = 2, .height = 1, .bits = 8, .colours = 1};
  spec.palette = {10, 20, 30, 0};
  spec.pixels = {0, 77, 0, 0};
  CHECK(decode(spec) == Bytes{30, 20, 10, 77, 77, 77});
}

TEST_CASE("a BMP that declares more colours than a byte can name is refused") {
  BmpSpec spec{.width = 2, .height = 1, .bits = 8, .colours = 257};
  spec.palette = Bytes(4 * 257);
  spec.pixels = Bytes(4);
  CHECK_THROWS_WITH(decode(spec), contains("257 colours"));
}

TEST_CASE("a BMP whose pixels begin inside its header is refused") {
  Bytes bmp = make_bmp({.width = 1, .height = 1, .bits = 24, .pixels = Bytes(64)});
  bmp[10] = 3;
  CHECK_THROWS_WITH(decode_image(span_of(bmp)), contains("offset 3, inside the header"));
}

TEST_CASE("an OS/2 palette keeps all its entries") {
  BmpSpec spec{.width = 4, .height = 1, .bits = 4, .os2 = true};
  for (int i = 0; i < 16; ++i) {
    for (int c = 0; c < 3; ++c) spec.palette.push_back(static_cast<std::uint8_t>(10 * i + c));
  }
  spec.pixels = {0x0F, 0xE1, 0, 0};
  CHECK(decode(spec) == Bytes{2, 1, 0, 152, 151, 150, 142, 141, 140, 12, 11, 10});
}

TEST_CASE("BMP kinds that would decode differently from Pillow are refused with a remedy") {
  BmpSpec spec{.width = 2, .height = 1, .bits = 16};
  spec.pixels = {1, 2, 3, 4};
  CHECK_THROWS_WITH(decode(spec), contains("16 bits per pixel"));
  spec.bits = 8;
  spec.compression = 1;
  CHECK_THROWS_WITH(decode(spec), contains("compression"));
  try {
    decode(spec);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kImage);
    CHECK_THAT(error.hint(), contains("PNG"));
  }
}

TEST_CASE("BMP sizes that would wrap are refused") {
  BmpSpec spec{.width = 2, .height = INT32_MIN, .bits = 24};
  spec.pixels = Bytes(64);
  CHECK_THROWS_WITH(decode(spec), contains("2,147,483,648"));
  spec.height = 1;
  spec.width = -5;
  CHECK_THROWS_WITH(decode(spec), contains("the limit is"));
  spec.width = 32'768;
  spec.height = 3'000;
  CHECK_THROWS_WITH(decode(spec), contains("cut short"));
}
