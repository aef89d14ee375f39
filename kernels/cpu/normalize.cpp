#include "kernels/normalize.h"

namespace corticast::kernels::cpu {

void normalize_pixels(const std::uint8_t* x, std::size_t pixels, const float* table, float* y) {
  for (std::size_t p = 0; p < pixels; ++p) {
    for (std::size_t c = 0; c < 3; ++c) y[3 * p + c] = table[256 * c + x[3 * p + c]];
  }
}

}  // namespace corticast::kernels::cpu
