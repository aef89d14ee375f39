// Convolution + bias + ReLU, optionally + 2x2 average pool, one image, by Winograd's minimal
// filtering: F(6x6, 3x3) and F(4x4, 5x5), both on 8x8 input tiles with the points 0, +-1, +-2,
// +-1/2, infinity. What is computed is conv2d.h followed by pool2d.h (stride 2); what differs is
// rounding: up to 2e-6 of a layer's rms at 384 channels, for a sixth to a fifth of the
// multiplications. Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016.
#pragma once

#include <cstddef>

#include "kernels/conv2d.h"
#include "kernels/cpu/buffer.h"
#include "kernels/cpu/isa.h"

namespace corticast::kernels::cpu {

// float32, NHWC. Filters are transformed once, in double precision, at construction. Products are
// summed in short stretches of channels, in one order whatever the thread count, so results depend
// on the Isa only.
class WinogradConv2d {
 public:
  // Whether such a convolution can be computed here: kernel 3 or 5.
  static bool supports(const Conv2dShape& shape);

  // weight: [o, c, k, k], bias: [o]; both may be freed afterwards. halve: average pool 2x2, stride
  // 2, of the output; an odd last row and column are dropped, and where that leaves nothing run()
  // writes nothing. Throws std::invalid_argument for a
  // shape that is not supported. Uses the caller's OpenMP threads.
  WinogradConv2d(const Conv2dShape& shape, bool halve, const float* weight, const float* bias,
                 Isa isa);

  // Bytes of transformed weights that an object of this shape holds.
  static std::size_t packed_bytes(const Conv2dShape& shape, Isa isa);
  // Bytes of working memory that run() needs under `threads` OpenMP threads.
  static std::size_t scratch_bytes(const Conv2dShape& shape, Isa isa, unsigned threads);
  // x: [h, w, c]; y: [out_h, out_w, o], or [out_h / 2, out_w / 2, o] where halved; scratch:
  // scratch_bytes() of the caller's OpenMP thread count, 64-byte aligned. Nothing overlaps. Keeps
  // no state: different threads may run one object on different buffers.
  void run(const float* x, float* y, float* scratch) const;

 private:
  struct Tiles;
  class Worker;

  Conv2dShape shape_;
  bool halve_;
  Isa isa_;
  std::size_t panels_;  // 64 output channels each; the last is padded with zeros
  Buffer filters_;      // [panels][64 points][c][64]
  Buffer bias_;         // [panels][64]
};

}  // namespace corticast::kernels::cpu
