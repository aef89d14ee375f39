#include "kernels/pool2d.h"

#include <cstddef>

namespace corticast::kernels::cpu {

void pool2d_average(const Pool2dShape& shape, const float* x, float* y) {
  const std::size_t channels = static_cast<std::size_t>(shape.channels);
  const std::size_t row = static_cast<std::size_t>(shape.width) * channels;
  const int out_height = shape.out_height();
  const int out_width = shape.out_width();
#pragma omp parallel for schedule(static)
  for (int h = 0; h < out_height; ++h) {
    for (int w = 0; w < out_width; ++w) {
      const float* top = x + static_cast<std::size_t>(h * shape.stride) * row +
                         static_cast<std::size_t>(w * shape.stride) * channels;
      const float* bottom = top + row;
      float* out = y + static_cast<std::size_t>(h * out_width + w) * channels;
#pragma omp simd
      for (std::size_t c = 0; c < channels; ++c) {
        out[c] = ((top[c] + top[c + channels]) + (bottom[c] + bottom[c + channels])) * 0.25f;
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
