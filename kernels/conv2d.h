// Convolution + bias + ReLU, one image.
//   y[h, w, o] = max(0, b[o] + sum_{i, j, c} x[h + i - padding, w + j - padding, c] * weight[o, c,
//   i, j])
// Cross-correlation, stride 1, zeros outside the image. Batch norm is already folded into weight
// and bias. Source: torch.nn.Conv2d followed by ReLU.
#pragma once

#include <cstddef>
#include <memory>

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
}  // namespace reference

namespace cpu {

// Direct convolution through oneDNN, float32, NHWC. Weights are repacked once, at construction.
// Created and run under the same OpenMP thread count (ThreadScope in threads.h). run() keeps no
// state, so different threads may run one object on different buffers.
// Throws std::runtime_error with oneDNN's words if the primitive cannot be made.
class Conv2d {
 public:
  // weight: [o, c, k, k], bias: [o]; both may be freed afterwards.
  Conv2d(const Conv2dShape& shape, const float* weight, const float* bias);
  ~Conv2d();
  Conv2d(Conv2d&&) noexcept;
  Conv2d& operator=(Conv2d&&) noexcept;

  std::size_t packed_bytes() const;   // weights held by this object
  std::size_t scratch_bytes() const;  // working memory run() needs, 64-byte aligned
  // x: [h, w, c]; y: [out_h, out_w, o]; both 64-byte aligned, not overlapping.
  void run(const float* x, float* y, void* scratch) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cpu
}  // namespace corticast::kernels
