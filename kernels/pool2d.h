// 2x2 average pooling, one image.
//   y[h, w, c] = (x[sh, sw, c] + x[sh, sw+1, c] + x[sh+1, sw, c] + x[sh+1, sw+1, c]) / 4
// with stride s = 1 or 2. Outputs are floor((h - 2) / s) + 1 high: with stride 2 an odd last row
// and column are dropped. Source: torch.nn.AvgPool2d(2, s).
#pragma once

namespace corticast::kernels {

struct Pool2dShape {
  int channels;
  int height;  // of the input, >= 2
  int width;
  int stride;  // 1 or 2

  int out_height() const { return (height - 2) / stride + 1; }
  int out_width() const { return (width - 2) / stride + 1; }
};

namespace reference {
// x: [h, w, c]; y: [out_h, out_w, c].
void pool2d_average(const Pool2dShape& shape, const float* x, double* y);
// One value of y.
double pool2d_average_at(const Pool2dShape& shape, const float* x, int out_row, int out_column,
                         int channel);
}  // namespace reference

namespace cpu {
// x: [h, w, c]; y: [out_h, out_w, c], not overlapping. Uses the caller's OpenMP thread count.
void pool2d_average(const Pool2dShape& shape, const float* x, float* y);
}  // namespace cpu

}  // namespace corticast::kernels
