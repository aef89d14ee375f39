// JPEG to 8-bit RGB: libjpeg-turbo's default path (accurate integer DCT, smooth upsampling), CMYK
// as Pillow converts it.
#pragma once

#include "engine/base/bytes.h"
#include "engine/image/row_sink.h"

namespace corticast {

// The content has been recognised as JPEG. Throws Error{kImage}. Thread-safe.
void decode_jpeg(ByteSpan file, RowSink& sink);

}  // namespace corticast
