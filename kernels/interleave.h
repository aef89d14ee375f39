// An image of three planes as an image of pixels: y[p, c] = x[c, p]. Bits are copied.
#pragma once

#include <cstddef>

namespace corticast::kernels::cpu {

// x: [3, pixels]; y: [pixels, 3].
void interleave_planes(const float* x, std::size_t pixels, float* y);

}  // namespace corticast::kernels::cpu
