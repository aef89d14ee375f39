// Encoded image bytes to 8-bit RGB, equal to Pillow's open(...).convert("RGB") byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/image/row_sink.h"

namespace corticast {

struct Image {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> rgb;  // [height, width, 3]
};

// Limits checked before any pixel is decoded.
inline constexpr std::uint64_t kMaxFileBytes = 256ull << 20;
inline constexpr std::uint64_t kMaxPixels = 100'000'000;
inline constexpr std::uint32_t kMaxSide = 32'768;

// JPEG (libjpeg-turbo), PNG (libpng), BMP (stb_image), told apart by content, not by name. EXIF
// orientation, ICC profiles and gamma are ignored, alpha is dropped: MOSAIC's behaviour.
// A file that ends before its last pixel is an error, never part of an image; a PNG must also have
// right checksums and its end chunk. 16-bit, compressed and bit-field BMPs are refused.
// Throws Error{kImage}; messages do not name the file (the caller knows it). Memory that runs out,
// in a decoding library too, is std::bad_alloc, never a bad image. Thread-safe.
Image decode_image(ByteSpan file);

// The same pixels row by row, the same errors. One may come after any number of rows.
void decode_rows(ByteSpan file, RowSink& sink);

// What decoded the pixels, for the record: "libjpeg-turbo 2.1.5, libpng 1.6.39, stb_image".
std::string decoder_versions();

}  // namespace corticast
