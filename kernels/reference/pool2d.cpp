#include "kernels/pool2d.h"

namespace corticast::kernels::reference {

void pool2d_average(const Pool2dShape& s, const float* x, double* y) {
  for (int h = 0; h < s.out_height(); ++h) {
    for (int w = 0; w < s.out_width(); ++w) {
      for (int c = 0; c < s.channels; ++c) {
        double sum = 0;
        for (int i = 0; i < 2; ++i) {
          for (int j = 0; j < 2; ++j) {
            const int row = h * s.stride + i;
            const int column = w * s.stride + j;
            sum += static_cast<double>(x[(row * s.width + column) * s.channels + c]);
          }
        }
        y[(h * s.out_width() + w) * s.channels + c] = sum / 4;
      }
    }
  }
}

}  // namespace corticast::kernels::reference
