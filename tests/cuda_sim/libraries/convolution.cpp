#include "tests/cuda_sim/libraries/convolution.h"

#include <omp.h>

#include <algorithm>

#include "kernels/conv2d.h"
#include "kernels/cpu/buffer.h"

namespace cuda_sim::cudnn {
namespace {

namespace kernels = corticast::kernels;

bool fits_cpu_kernel(const Convolution& convolution, const Dense& w) {
  const std::int64_t padding = convolution.padding_before[0];
  const bool equal_padding = convolution.padding_before == Pair{padding, padding} &&
                             convolution.padding_after == Pair{padding, padding};
  return equal_padding && convolution.stride == Pair{1, 1} && convolution.dilation == Pair{1, 1} &&
         w.dims[2] == w.dims[3] && w.dims[2] <= 16 && padding < w.dims[2];
}

Dense run_cpu_kernel(const Convolution& convolution, const Dense& x, const std::vector<float>& w,
                     std::int64_t kernel, const std::vector<float>& bias,
                     const std::vector<std::int64_t>& y_dims) {
  const kernels::Conv2dShape shape{
      static_cast<int>(x.dims[1]), static_cast<int>(y_dims[1]),
      static_cast<int>(kernel),    static_cast<int>(convolution.padding_before[0]),
      static_cast<int>(x.dims[2]), static_cast<int>(x.dims[3])};
  const kernels::cpu::Isa isa = kernels::cpu::available_isas().back();
  const kernels::cpu::Conv2d conv(shape, w.data(), bias.data(), isa);
  const auto threads = static_cast<unsigned>(omp_get_max_threads());
  corticast::kernels::cpu::Buffer scratch(kernels::cpu::Conv2d::scratch_bytes(shape, isa, threads) /
                                          sizeof(float));
  Dense y(y_dims, Order::kChannelsLast);
  for (std::int64_t n = 0; n < x.dims[0]; ++n)
    conv.run(x.values.data() + n * x.strides[0], y.values.data() + n * y.strides[0],
             scratch.data());
  return y;
}

double window_sum(const Convolution& convolution, const Dense& x, const Dense& w, std::int64_t n,
                  std::int64_t k, std::int64_t row, std::int64_t column) {
  double sum = 0;
  for (std::int64_t r = 0; r < w.dims[2]; ++r) {
    const std::int64_t h =
        row * convolution.stride[0] - convolution.padding_before[0] + r * convolution.dilation[0];
    if (h < 0 || h >= x.dims[2]) continue;
    for (std::int64_t s = 0; s < w.dims[3]; ++s) {
      const std::int64_t v = column * convolution.stride[1] - convolution.padding_before[1] +
                             s * convolution.dilation[1];
      if (v < 0 || v >= x.dims[3]) continue;
      for (std::int64_t c = 0; c < x.dims[1]; ++c)
        sum += static_cast<double>(x.values[x.at(n, c, h, v)]) *
               static_cast<double>(w.values[w.at(k, c, r, s)]);
    }
  }
  return sum;
}

Dense run_loops(const Convolution& convolution, const Dense& x, const Dense& w,
                const std::vector<std::int64_t>& y_dims) {
  Dense y(y_dims, Order::kChannelsLast);
#pragma omp parallel for collapse(2)
  for (std::int64_t n = 0; n < y.dims[0]; ++n)
    for (std::int64_t row = 0; row < y.dims[2]; ++row)
      for (std::int64_t column = 0; column < y.dims[3]; ++column)
        for (std::int64_t k = 0; k < y.dims[1]; ++k)
          y.values[y.at(n, k, row, column)] =
              static_cast<float>(window_sum(convolution, x, w, n, k, row, column));
  return y;
}

}  // namespace

Dense convolve(const Convolution& convolution, const Dense& x, const Dense& w,
               const std::vector<std::int64_t>& y_dims) {
  if (!fits_cpu_kernel(convolution, w)) return run_loops(convolution, x, w, y_dims);
  // The kernel clips at zero, so the negative part comes from a second run with negated filters:
  // every sum is negated exactly.
  const std::vector<float> no_bias(static_cast<std::size_t>(w.dims[0]), 0.0F);
  Dense y = run_cpu_kernel(convolution, x, w.values, w.dims[2], no_bias, y_dims);
  std::vector<float> negated(w.values.size());
  std::transform(w.values.begin(), w.values.end(), negated.begin(), [](float v) { return -v; });
  const Dense negative = run_cpu_kernel(convolution, x, negated, w.dims[2], no_bias, y_dims);
  for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] -= negative.values[i];
  return y;
}

Dense convolve_bias_relu(const Convolution& convolution, const Dense& x, const Dense& w,
                         const std::vector<float>& bias, const std::vector<std::int64_t>& y_dims) {
  if (fits_cpu_kernel(convolution, w))
    return run_cpu_kernel(convolution, x, w.values, w.dims[2], bias, y_dims);
  Dense y = run_loops(convolution, x, w, y_dims);
  const std::size_t channels = bias.size();
  for (std::size_t i = 0; i < y.values.size(); ++i)
    y.values[i] = std::max(0.0F, y.values[i] + bias[i % channels]);
  return y;
}

}  // namespace cuda_sim::cudnn
