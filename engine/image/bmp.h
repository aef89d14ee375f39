// BMP to 8-bit RGB: uncompressed BMP of 1, 4, 8, 24 or 32 bits per pixel.
#pragma once

#include "engine/image/decode.h"

namespace corticast {

// The content has been recognised as BMP. Throws Error{kImage}. Thread-safe.
Image decode_bmp(ByteSpan file);

}  // namespace corticast
