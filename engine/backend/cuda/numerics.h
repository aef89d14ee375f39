// How a precision is carried out on a device: formats, layout, and what a format's rounding may
// cost.
#pragma once

#include <cstddef>

#include "engine/backend/cuda/device.h"
#include "engine/backend/method.h"
#include "kernels/cuda/kernels.h"

namespace corticast::cuda {

enum class Layout {
  kPlanes,        // [image, channel, row, column] (NCHW), filters [out, in, row, column]
  kChannelsLast,  // [image, row, column, channel] (NHWC), filters [out, row, column, in]
};

struct Numerics {
  Precision precision;
  // Of activations, filters, biases, masks and features. kFloat32 with channels last is multiplied
  // as TF32 by tensor cores.
  kernels::cuda::Element element;
  Layout layout;
  int input_channels;  // in memory: 3, or kInputChannels where channels come in eights
  // rms error of a convolution's or readout's outputs relative to their rms, at most: what a
  // selftest allows.
  double step_bound;

  // The same of a step that rounds a result once or, in float32, a few times: one unit in the last
  // place of its largest value.
  double rounding_bound() const {
    return element == kernels::cuda::Element::kFloat32   ? 0x1p-22
           : element == kernels::cuda::Element::kFloat16 ? 0x1p-10
                                                         : 0x1p-7;
  }
  bool tensor_cores() const { return layout == Layout::kChannelsLast; }
  std::size_t bytes() const { return kernels::cuda::bytes_of(element); }
};

// fp32 and fp32-strict: float32 planes. tf32: float32 channels last. fp16, bf16: channels last.
// Throws Error{kDevice} for a precision the card lacks (tf32 and bf16 before compute
// capability 8.0), naming those it has.
Numerics numerics_of(Precision precision, const Device& device);

}  // namespace corticast::cuda
