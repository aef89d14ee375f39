// PNG to 8-bit RGB: raw samples, converted as Pillow does.
#pragma once

#include "engine/base/bytes.h"
#include "engine/image/row_sink.h"

namespace corticast {

inline constexpr std::size_t kMaxPngChunkBytes = 64u << 20;  // of chunks without pixels

// The content has been recognised as PNG. Throws Error{kImage}. Thread-safe.
void decode_png(ByteSpan file, RowSink& sink);

}  // namespace corticast
