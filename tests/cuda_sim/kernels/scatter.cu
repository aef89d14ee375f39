#include <cmath>

#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

constexpr int kThreads = 256;

// One thread per output, so that every output is written exactly once, NaN or not.
__global__ void __launch_bounds__(kThreads)
    scatter_kernel(const float* __restrict__ x, int values, const int* __restrict__ source,
                   int columns, float* __restrict__ y) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x;
  if (column >= columns) return;
  const long long n = blockIdx.y;
  const int from = source[column];
  y[n * columns + column] = from < 0 ? nanf("") : x[n * values + from];
}

}  // namespace

cudaError_t scatter(const float* x, int n, int values, const std::int32_t* source, int columns,
                    float* y, cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>((columns + kThreads - 1) / kThreads),
                  static_cast<unsigned>(n));
  scatter_kernel<<<grid, kThreads, 0, stream>>>(x, values, source, columns, y);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
