#include "kernels/conv2d.h"

#include <algorithm>

namespace corticast::kernels::reference {

double conv2d_bias_relu_at(const Conv2dShape& s, const float* x, const float* weight,
                           const float* bias, int h, int w, int o) {
  double sum = static_cast<double>(bias[o]);
  for (int c = 0; c < s.in_channels; ++c) {
    for (int i = 0; i < s.kernel; ++i) {
      for (int j = 0; j < s.kernel; ++j) {
        const int row = h + i - s.padding;
        const int column = w + j - s.padding;
        if (row < 0 || row >= s.height || column < 0 || column >= s.width) continue;
        sum += static_cast<double>(x[(row * s.width + column) * s.in_channels + c]) *
               static_cast<double>(weight[((o * s.in_channels + c) * s.kernel + i) * s.kernel + j]);
      }
    }
  }
  return std::max(0.0, sum);
}

void conv2d_bias_relu(const Conv2dShape& s, const float* x, const float* weight, const float* bias,
                      double* y) {
  for (int h = 0; h < s.out_height(); ++h) {
    for (int w = 0; w < s.out_width(); ++w) {
      for (int o = 0; o < s.out_channels; ++o) {
        y[(h * s.out_width() + w) * s.out_channels + o] =
            conv2d_bias_relu_at(s, x, weight, bias, h, w, o);
      }
    }
  }
}

}  // namespace corticast::kernels::reference
