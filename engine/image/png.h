// PNG to 8-bit RGB: libpng's raw samples, converted as Pillow does.
#pragma once

#include "engine/image/decode.h"

namespace corticast {

// The content has been recognised as PNG. Throws Error{kImage}. Thread-safe.
Image decode_png(ByteSpan file);

}  // namespace corticast
