#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

constexpr int kThreads = 64;

// Insertion sort in local memory: the window's size is known at run time only.
__global__ void __launch_bounds__(kThreads)
    median_kernel(const float* __restrict__ x, int count, int window, float* __restrict__ y) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i + window > count) return;
  float sorted[kMedianWindow];
#pragma unroll 1
  for (int j = 0; j < window; ++j) {
    const float value = x[i + j];
    int at = j;
#pragma unroll 1
    while (at > 0 && sorted[at - 1] > value) {
      sorted[at] = sorted[at - 1];
      --at;
    }
    sorted[at] = value;
  }
  y[i] = sorted[window / 2];
}

}  // namespace

cudaError_t median(const float* x, int count, int window, float* y, cudaStream_t stream) {
  const auto blocks = static_cast<unsigned>((count - window + kThreads) / kThreads);
  median_kernel<<<blocks, kThreads, 0, stream>>>(x, count, window, y);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
