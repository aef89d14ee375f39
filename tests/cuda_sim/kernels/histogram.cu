#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

constexpr int kThreads = 192;
constexpr int kBlocks = 5;
constexpr int kBins = 256;

__global__ void __launch_bounds__(kThreads)
    histogram_kernel(const unsigned char* __restrict__ x, int count, unsigned* bins) {
  __shared__ unsigned own[kBins];
  for (int bin = threadIdx.x; bin < kBins; bin += kThreads) own[bin] = 0;
  __syncthreads();  // the bins are clear
  for (int i = blockIdx.x * kThreads + threadIdx.x; i < count; i += kBlocks * kThreads) {
    atomicAdd(&own[x[i]], 1U);
  }
  __syncthreads();
  for (int bin = threadIdx.x; bin < kBins; bin += kThreads) {
    if (own[bin] != 0) atomicAdd(&bins[bin], own[bin]);
  }
}

}  // namespace

cudaError_t histogram(const std::uint8_t* x, int count, std::uint32_t* bins, cudaStream_t stream) {
  histogram_kernel<<<kBlocks, kThreads, 0, stream>>>(x, count, bins);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
