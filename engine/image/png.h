// PNG to 8-bit RGB: libpng's raw samples, converted as Pillow does.
#pragma once

#include "engine/base/bytes.h"
#include "engine/image/row_sink.h"

namespace corticast {

// The content has been recognised as PNG. Throws Error{kImage}. Thread-safe.
void decode_png(ByteSpan file, RowSink& sink);

}  // namespace corticast
