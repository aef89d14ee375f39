// 8-bit RGB pixels to normalised floats through a table: y[p, c] = table[c][x[p, c]].
// Only 768 values exist, so the table is exact by construction.
#pragma once

#include <cstddef>
#include <cstdint>

namespace corticast::kernels::cpu {

// x: [pixels, 3] uint8; table: [3][256]; y: [pixels, 3].
void normalize_pixels(const std::uint8_t* x, std::size_t pixels, const float* table, float* y);

}  // namespace corticast::kernels::cpu
