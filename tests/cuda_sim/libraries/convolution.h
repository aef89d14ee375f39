// Forward convolution on the host, for the cuDNN stand-in.
#pragma once

#include "tests/cuda_sim/libraries/dense.h"
#include "tests/cuda_sim/libraries/graph.h"

namespace cuda_sim::cudnn {

// The convolution alone: alpha and beta of the operation are the caller's business. x and w are
// channels last and row-major; the result is channels last with the dims y_dims.
// Stride 1, dilation 1 and square filters with equal padding go through the CPU backend's
// convolution (float32 sums of at most 32 terms joined in float32), the rest through plain loops
// with double sums.
Dense convolve(const Convolution& convolution, const Dense& x, const Dense& w,
               const std::vector<std::int64_t>& y_dims);

// The same followed by bias (w.dims[0] values) and max(0, y), in one pass where the CPU backend's
// convolution fits.
Dense convolve_bias_relu(const Convolution& convolution, const Dense& x, const Dense& w,
                         const std::vector<float>& bias, const std::vector<std::int64_t>& y_dims);

}  // namespace cuda_sim::cudnn
