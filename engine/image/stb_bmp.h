// The only door to stb_image. It is given files that bmp.cpp wrote, never a stranger's.
#pragma once

#include "engine/image/decode.h"

namespace corticast {

// bmp: a whole BITMAPINFOHEADER file without compression, all its pixels present.
// Throws Error{kImage} with stb_image's reason. Thread-safe.
Image read_bmp_with_stb(ByteSpan bmp, std::uint32_t width, std::uint32_t height);

}  // namespace corticast
