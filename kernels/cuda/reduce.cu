#include "kernels/cuda/element.cuh"
#include "kernels/cuda/kernels.h"

namespace corticast::kernels::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;
constexpr int kImages = 4;  // of a warp, which loads a row's features once for them
constexpr int kValues = 4;  // channels of a lane at once

// A warp reduces one row of kImages images. Every image's sums are in the same order: a lane's
// channels one after another, then the lanes pairwise.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    reduce_rows(std::size_t images, std::size_t rows, int channels, const float* __restrict__ z,
                const T* __restrict__ features, const float* __restrict__ bias,
                float* __restrict__ y, std::size_t y_stride) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const std::size_t row = std::size_t{blockIdx.x} * kWarps + threadIdx.x / 32;
  if (row >= rows) return;
  const std::size_t first = std::size_t{blockIdx.y} * kImages;
  const int count = static_cast<int>(min(std::size_t{kImages}, images - first));
  const float* from = z + (first * rows + row) * channels;
  const T* weights = features + row * channels;

  float sums[kImages] = {};
#pragma unroll 1  // there is enough in flight; unrolled it spills on some cards
  for (int c = lane * kValues; c < channels; c += 32 * kValues) {
    Piece<T, kValues> weight;
    weight.load(weights + c);
    Piece<float> product[kImages] = {};
#pragma unroll
    for (int n = 0; n < kImages; ++n) {
      if (n < count) product[n].load(from + n * rows * channels + c);
    }
    float scale[kValues];
    weight.unpack(scale);
#pragma unroll
    for (int n = 0; n < kImages; ++n) {
      float values[kValues];
      product[n].unpack(values);
#pragma unroll
      for (int i = 0; i < kValues; ++i) sums[n] = fmaf(scale[i], values[i], sums[n]);
    }
  }
  float mine = 0;  // the sum of image `lane`
#pragma unroll
  for (int n = 0; n < kImages; ++n) {
#pragma unroll
    for (int step = 16; step > 0; step /= 2) sums[n] += __shfl_xor_sync(0xffffffffu, sums[n], step);
    if (lane == n) mine = sums[n];
  }
  if (lane < count) y[(first + lane) * y_stride + row] = mine + bias[row];
}

}  // namespace

cudaError_t reduce_channels(std::size_t images, std::size_t rows, int channels, Element element,
                            const float* z, const void* features, const float* bias, float* y,
                            std::size_t y_stride, cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>((rows + kWarps - 1) / kWarps),
                  static_cast<unsigned>((images + kImages - 1) / kImages));
  return with_type_of(element, [&](auto zero) {
    using T = decltype(zero);
    reduce_rows<T><<<grid, kThreads, 0, stream>>>(
        images, rows, channels, z, static_cast<const T*>(features), bias, y, y_stride);
    return cudaGetLastError();
  });
}

}  // namespace corticast::kernels::cuda
