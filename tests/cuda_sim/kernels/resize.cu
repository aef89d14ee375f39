#include <cuda_fp16.h>

#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

constexpr int kThreads = 96;
constexpr int kHalfUnit = 1 << (kResizeFractionBits - 1);

__constant__ float normalisation[3 * 256];

__device__ int to_byte(int sum) {
  return min(max(sum >> kResizeFractionBits, 0), 255);
}

// One block per row; the row waits in shared memory.
__global__ void __launch_bounds__(kThreads)
    resize_rows_kernel(ResizeAxis axis, const unsigned char* __restrict__ rgb, int stride,
                       unsigned char* __restrict__ narrow) {
  extern __shared__ unsigned char samples[];
  const unsigned char* row = rgb + static_cast<long long>(blockIdx.x) * stride;
  for (int i = threadIdx.x; i < 3 * axis.side; i += blockDim.x) samples[i] = row[i];
  __syncthreads();
  unsigned char* out = narrow + static_cast<long long>(blockIdx.x) * axis.out * 3;
  for (int o = threadIdx.x; o < axis.out; o += blockDim.x) {
    const int first = axis.first[o];
    const int count = axis.count[o];
    const int* weight = axis.weights + static_cast<long long>(o) * axis.widest;
    int r = kHalfUnit;
    int g = kHalfUnit;
    int b = kHalfUnit;
    for (int i = 0; i < count; ++i) {
      const int w = weight[i];
      const unsigned char* sample = samples + 3 * (first + i);
      r += w * sample[0];
      g += w * sample[1];
      b += w * sample[2];
    }
    out[3 * o] = static_cast<unsigned char>(to_byte(r));
    out[3 * o + 1] = static_cast<unsigned char>(to_byte(g));
    out[3 * o + 2] = static_cast<unsigned char>(to_byte(b));
  }
}

// One thread per pixel, one 16-byte store each.
__global__ void __launch_bounds__(kThreads)
    resize_columns_kernel(ResizeAxis axis, const unsigned char* __restrict__ narrow,
                          uint4* __restrict__ y) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x;
  const int o = blockIdx.y;
  if (column >= axis.out) return;
  const int first = axis.first[o];
  const int count = axis.count[o];
  const int* weight = axis.weights + static_cast<long long>(o) * axis.widest;
  const unsigned char* sample = narrow + (static_cast<long long>(first) * axis.out + column) * 3;
  int r = kHalfUnit;
  int g = kHalfUnit;
  int b = kHalfUnit;
  for (int i = 0; i < count; ++i, sample += 3 * axis.out) {
    const int w = weight[i];
    r += w * sample[0];
    g += w * sample[1];
    b += w * sample[2];
  }
  const __half2 rg = __floats2half2_rn(normalisation[to_byte(r)], normalisation[256 + to_byte(g)]);
  const __half2 b0 = __floats2half2_rn(normalisation[512 + to_byte(b)], 0.0f);
  y[static_cast<long long>(o) * axis.out + column] = make_uint4(
      *reinterpret_cast<const unsigned*>(&rg), *reinterpret_cast<const unsigned*>(&b0), 0, 0);
}

}  // namespace

cudaError_t resize_rows(const ResizeAxis& axis, const std::uint8_t* rgb, int stride,
                        std::uint8_t* narrow, cudaStream_t stream) {
  const auto rows = static_cast<unsigned>(axis.side);
  resize_rows_kernel<<<rows, kThreads, 3U * rows, stream>>>(axis, rgb, stride, narrow);
  return cudaGetLastError();
}

cudaError_t set_normalisation(const float* table, cudaStream_t stream) {
  return cudaMemcpyToSymbolAsync(normalisation, table, sizeof(normalisation), 0,
                                 cudaMemcpyHostToDevice, stream);
}

cudaError_t resize_columns(const ResizeAxis& axis, const std::uint8_t* narrow, Half* y,
                           cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>((axis.out + kThreads - 1) / kThreads),
                  static_cast<unsigned>(axis.out));
  resize_columns_kernel<<<grid, kThreads, 0, stream>>>(axis, narrow, reinterpret_cast<uint4*>(y));
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
