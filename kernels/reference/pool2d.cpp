#include "kernels/pool2d.h"

namespace corticast::kernels::reference {

double pool2d_average_at(const Pool2dShape& s, const float* x, int h, int w, int c) {
  double sum = 0;
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 2; ++j) {
      const int row = h * s.stride + i;
      const int column = w * s.stride + j;
      sum += static_cast<double>(x[(row * s.width + column) * s.channels + c]);
    }
  }
  return sum / 4;
}

void pool2d_average(const Pool2dShape& s, const float* x, double* y) {
  for (int h = 0; h < s.out_height(); ++h) {
    for (int w = 0; w < s.out_width(); ++w) {
      for (int c = 0; c < s.channels; ++c) {
        y[(h * s.out_width() + w) * s.channels + c] = pool2d_average_at(s, x, h, w, c);
      }
    }
  }
}

}  // namespace corticast::kernels::reference
