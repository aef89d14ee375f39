// The rows of a PNG that is not interlaced, from its compressed pixels: zlib's inflate and our own
// filters. libpng would do the same; built without vector instructions, as Debian builds it, it
// spends most of its time undoing filters.
#pragma once

#include <functional>
#include <vector>

#include "engine/base/bytes.h"

namespace corticast {

struct PngRows {
  std::size_t height;
  std::size_t row_bytes;    // without the byte that names the filter
  std::size_t pixel_bytes;  // a divisor of row_bytes: at least 8 bits per sample
};

// pieces: of usual_pixel_data(). Calls take(row) for every row from the top. The compressed data
// must end with their own right checksum; beyond the last row they may hold more. Throws
// Error{kImage}.
void read_png_rows(const std::vector<ByteSpan>& pieces, const PngRows& rows,
                   const std::function<void(const std::uint8_t*)>& take);

}  // namespace corticast
