// Convolution + bias + ReLU, one image.
//   y[h, w, o] = max(0, b[o] + sum_{i, j, c} x[h + i - padding, w + j - padding, c] * weight[o, c,
//   i, j])
// Cross-correlation, stride 1, zeros outside the image. Batch norm is already folded into weight
// and bias. Source: torch.nn.Conv2d followed by ReLU.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/cpu/isa.h"

namespace corticast::kernels {

struct Conv2dShape {
  int in_channels;
  int out_channels;
  int kernel;   // kernel x kernel
  int padding;  // zeros on each side
  int height;   // of the input
  int width;

  int out_height() const { return height + 2 * padding - kernel + 1; }
  int out_width() const { return width + 2 * padding - kernel + 1; }
};

namespace reference {
// x: [h, w, c]; weight: [o, c, k, k]; bias: [o]; y: [out_h, out_w, o], double accumulators.
void conv2d_bias_relu(const Conv2dShape& shape, const float* x, const float* weight,
                      const float* bias, double* y);
// One value of y: where all would take too long.
double conv2d_bias_relu_at(const Conv2dShape& shape, const float* x, const float* weight,
                           const float* bias, int out_row, int out_column, int out_channel);
}  // namespace reference

namespace cpu {

// Direct convolution, float32, NHWC. Weights are repacked once, at construction. Sums run over at
// most 32 terms before they join a total, in one order whatever the thread count, so results depend
// on the Isa only and stay closer to the exact value than one long chain of float32 sums.
class Conv2d {
 public:
  // weight: [o, c, k, k], bias: [o]; both may be freed afterwards. k <= 16, or
  // std::invalid_argument.
  Conv2d(const Conv2dShape& shape, const float* weight, const float* bias, Isa isa);

  // Bytes of packed weights that an object of this shape holds.
  static std::size_t packed_bytes(const Conv2dShape& shape, Isa isa);
  // Bytes of working memory that run() needs under `threads` OpenMP threads.
  static std::size_t scratch_bytes(const Conv2dShape& shape, Isa isa, unsigned threads);
  // x: [h, w, c]; y: [out_h, out_w, o]; scratch: scratch_bytes() of the caller's OpenMP thread
  // count, 64-byte aligned. Nothing overlaps. Keeps no state: different threads may run one object
  // on different buffers.
  void run(const float* x, float* y, float* scratch) const;

 private:
  struct Worker;

  Conv2dShape shape_;
  Isa isa_;
  std::size_t panel_;          // output channels side by side
  std::size_t panels_;         // the last is padded with zeros
  std::vector<float> weight_;  // [panels][kernel][kernel * c][panel]
  std::vector<float> bias_;    // [panels][panel]
};

}  // namespace cpu
}  // namespace corticast::kernels
