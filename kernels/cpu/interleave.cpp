#include "kernels/interleave.h"

namespace corticast::kernels::cpu {

void interleave_planes(const float* x, std::size_t pixels, float* y) {
  for (std::size_t p = 0; p < pixels; ++p) {
    for (std::size_t c = 0; c < 3; ++c) y[3 * p + c] = x[c * pixels + p];
  }
}

}  // namespace corticast::kernels::cpu
