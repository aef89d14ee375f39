// The filters of PNG rows, undone (PNG specification, chapter 9).
#pragma once

#include <cstddef>
#include <cstdint>

namespace corticast {

// row: `bytes` filtered bytes, overwritten by what they stand for; above: the row before it,
// undone, or zeros. Eight bytes beyond the end of both can be read. pixel_bytes: 1, 2, 3, 4, 6 or
// 8, a divisor of bytes. False for an unknown filter.
bool undo_png_filter(int filter, std::size_t pixel_bytes, const std::uint8_t* above,
                     std::uint8_t* row, std::size_t bytes);

}  // namespace corticast
