// Writes small image files for the tests, byte by byte, so that a test can also write broken ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/bytes.h"

namespace corticast::test {

using Bytes = std::vector<std::uint8_t>;

inline ByteSpan span_of(const Bytes& bytes) {
  return std::as_bytes(std::span(bytes));
}

// Deterministic noise.
Bytes noise(std::size_t count, std::uint32_t seed);

struct PngSpec {
  std::uint32_t width = 1;
  std::uint32_t height = 1;
  int colour_type = 2;  // 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA
  int bits = 8;
  std::vector<std::uint16_t> samples = {};  // [height, width, channels]
  Bytes palette = {};                       // RGB triples
  Bytes transparency = {};                  // tRNS data
  bool interlaced = false;
};

Bytes make_png(const PngSpec& spec);
// Appends one chunk, with its checksum, to an unfinished PNG.
void append_png_chunk(Bytes& png, const std::string& type, const Bytes& data);

struct JpegSpec {
  int width = 16;
  int height = 16;
  int components = 3;  // 1 grey, 3 YCbCr, 4 CMYK
  bool progressive = false;
  bool subsampled = false;  // 4:2:0
};

Bytes make_jpeg(const JpegSpec& spec, const Bytes& samples);

struct BmpSpec {
  std::int32_t width = 1;
  std::int32_t height = 1;  // negative: top row first
  int bits = 24;
  bool os2 = false;           // 12-byte header, 3-byte palette entries
  std::uint32_t colours = 0;  // palette size as declared
  Bytes palette = {};         // as stored
  Bytes pixels = {};          // as stored, rows padded to 4 bytes
  std::uint32_t compression = 0;
};

Bytes make_bmp(const BmpSpec& spec);

}  // namespace corticast::test
