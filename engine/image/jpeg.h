// JPEG to 8-bit RGB: libjpeg-turbo's default path (accurate integer DCT, smooth upsampling), CMYK
// as Pillow converts it.
#pragma once

#include "engine/image/decode.h"

namespace corticast {

// The content has been recognised as JPEG. Throws Error{kImage}. Thread-safe.
Image decode_jpeg(ByteSpan file);

}  // namespace corticast
