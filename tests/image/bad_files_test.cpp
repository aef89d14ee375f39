// Broken and foreign files: each is an error that says why, or a whole image; never a crash.
#include <random>

#include "engine/base/error.h"
#include "engine/image/decode.h"
#include "tests/image/encoders.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::vector<Bytes> samples() {
  std::vector<Bytes> files;
  files.push_back(make_jpeg({17, 19, 3, false, true}, noise(17 * 19 * 3, 1)));
  files.push_back(make_jpeg({17, 19, 3, true, true}, noise(17 * 19 * 3, 1)));
  files.push_back(make_jpeg({9, 5, 4, false, false}, noise(9 * 5 * 4, 2)));
  files.push_back(make_jpeg({8, 8, 1, true, false}, noise(64, 3)));
  PngSpec png{9, 7, 2, 8, {}, {}, {}};
  for (const std::uint8_t byte : noise(9 * 7 * 3, 4)) png.samples.push_back(byte);
  files.push_back(make_png(png));
  png.interlaced = true;
  files.push_back(make_png(png));
  PngSpec palette{9, 7, 3, 4, {}, noise(30, 5), {0, 128}};
  for (const std::uint8_t byte : noise(63, 6)) palette.samples.push_back(byte >> 4);
  files.push_back(make_png(palette));
  files.push_back(make_bmp({.width = 5, .height = 3, .bits = 24, .pixels = noise(48, 7)}));
  files.push_back(make_bmp({.width = 5,
                            .height = -3,
                            .bits = 8,
                            .colours = 20,
                            .palette = noise(80, 8),
                            .pixels = noise(24, 9)}));
  return files;
}

// The image, or an empty one after an Error{kImage}. Anything else escapes and fails the test.
Image try_decode(const Bytes& file) {
  try {
    Image image = decode_image(span_of(file));
    REQUIRE(image.rgb.size() == std::size_t{3} * image.width * image.height);
    REQUIRE(image.width > 0);
    return image;
  } catch (const Error& error) {
    REQUIRE(error.code() == ErrorCode::kImage);
    REQUIRE_FALSE(std::string(error.what()).empty());
    return {};
  }
}

}  // namespace

TEST_CASE("a file cut at any length is an error, never part of an image") {
  for (const Bytes& file : samples()) {
    REQUIRE(try_decode(file).width > 0);
    const Bytes whole = try_decode(file).rgb;
    for (std::size_t length = 0; length < file.size(); ++length) {
      const Image image = try_decode(Bytes(file.begin(), file.begin() + static_cast<long>(length)));
      // Only the padding of a BMP's last row can be missing without loss.
      const bool same = image.rgb == whole && file[0] == 'B' && file.size() - length < 4;
      if (image.width != 0 && !same) FAIL(file[0] << " accepted at " << length);
    }
  }
}

TEST_CASE("a file with flipped bytes is an image or an error") {
  std::mt19937 random(20240607);
  const std::vector<Bytes> files = samples();
  std::size_t decoded = 0;
  for (int round = 0; round < 4000; ++round) {
    Bytes file = files[static_cast<std::size_t>(round) % files.size()];
    const unsigned flips = 1 + random() % 4;
    for (unsigned i = 0; i < flips; ++i) {
      // Beyond the signature, or every round would test the same refusal.
      file[3 + random() % (file.size() - 3)] = static_cast<std::uint8_t>(random());
    }
    if (try_decode(file).width > 0) ++decoded;
  }
  CHECK(decoded > 100);
}

TEST_CASE("sizes beyond the limit are refused from the header, before any allocation") {
  Bytes jpeg = make_jpeg({8, 8, 1, false, false}, Bytes(64));
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xFF || jpeg[i + 1] != 0xC0) continue;
    for (std::size_t b = 5; b < 9; ++b) jpeg[i + b] = 0xFF;
  }
  CHECK_THROWS_WITH(decode_image(span_of(jpeg)),
                    contains("65,535 x 65,535") || contains("Maximum supported image dimension"));
  Bytes png = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  append_png_chunk(png, "IHDR", {0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1, 8, 2, 0, 0, 0});
  CHECK_THROWS_WITH(decode_image(span_of(png)), contains("2,147,483,647 x 1"));
  png.resize(8);
  append_png_chunk(png, "IHDR", {0, 0, 0x40, 0, 0, 0, 0x40, 0, 8, 2, 0, 0, 0});
  CHECK_THROWS_WITH(decode_image(span_of(png)), contains("16,384 x 16,384"));
  png.resize(8);
  append_png_chunk(png, "IHDR", {0, 0, 0, 0, 0, 0, 0, 1, 8, 2, 0, 0, 0});
  CHECK_THROWS_WITH(decode_image(span_of(png)), contains("no pixels"));
}

TEST_CASE("a JPEG of endless scans is refused") {
  Bytes jpeg = make_jpeg({64, 64, 1, true, false}, Bytes(64 * 64, 9));
  std::size_t scan = 0;
  for (std::size_t i = 0; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xDA) scan = i;
  }
  REQUIRE(scan > 0);
  const Bytes last(jpeg.begin() + static_cast<long>(scan), jpeg.end() - 2);
  Bytes bomb(jpeg.begin(), jpeg.end() - 2);
  for (int i = 0; i < 600; ++i) bomb.insert(bomb.end(), last.begin(), last.end());
  bomb.insert(bomb.end(), {0xFF, 0xD9});
  CHECK_THROWS_WITH(decode_image(span_of(bomb)), contains("more scans"));
}

TEST_CASE("a JPEG whose pixels are all there needs no end marker, but nothing broken may follow") {
  const Bytes jpeg = make_jpeg({17, 19, 3, false, true}, noise(17 * 19 * 3, 1));
  Bytes padded(jpeg.begin(), jpeg.end() - 2);
  padded.insert(padded.end(), 32, 0);
  CHECK(try_decode(padded).rgb == try_decode(jpeg).rgb);
  padded.insert(padded.end(), {0xFF, 0xC4, 0x00, 0x03, 0x77, 0xFF, 0xD9});  // a table cut short
  CHECK(try_decode(padded).width == 0);
  Bytes trailing = jpeg;
  trailing.insert(trailing.end(), {1, 2, 3});
  CHECK(try_decode(trailing).rgb == try_decode(jpeg).rgb);
}

TEST_CASE("files of other kinds are refused by what they are") {
  const auto refusal = [](const std::string& content) {
    try {
      decode_image(as_byte_span(content));
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kImage);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK_THAT(refusal(""), contains("empty"));
  CHECK_THAT(refusal("GIF89a......"), contains("a GIF"));
  CHECK_THAT(refusal(std::string("II*\0....", 8)), contains("a TIFF"));
  CHECK_THAT(refusal("RIFF....WEBPVP8 "), contains("a WebP"));
  CHECK_THAT(refusal("<html>not here</html>\n"), contains("text"));
  CHECK_THAT(refusal(std::string("\x01\x02\0\x04", 4)), contains("not known"));
  CHECK_THAT(refusal("\xFF\xD8\xFF"), contains("cut short"));
  CHECK_THAT(refusal("BM"), contains("cut short"));
}
