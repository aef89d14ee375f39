#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

constexpr int kThreads = 160;
constexpr int kWarps = kThreads / 32;

// The sum over the block, in thread 0. shares: [kWarps], shared memory.
__device__ float block_sum(float value, float* shares) {
  for (int offset = 16; offset > 0; offset /= 2) {
    value += __shfl_down_sync(0xffffffffU, value, offset);
  }
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  if (lane == 0) shares[warp] = value;
  __syncthreads();  // the warps' shares are there
  float sum = 0;
  if (threadIdx.x == 0) {
    for (int w = 0; w < kWarps; ++w) sum += shares[w];
  }
  return sum;
}

__global__ void __launch_bounds__(kThreads)
    reduce_kernel(const float* __restrict__ x, int count, float* sum, int* largest) {
  __shared__ float shares[kWarps];
  float value = 0;
  int most = 0;
  for (int i = blockIdx.x * kThreads + threadIdx.x; i < count; i += gridDim.x * kThreads) {
    value += x[i];
    most = max(most, __float_as_int(x[i]));
  }
  for (int mask = 16; mask > 0; mask /= 2) {
    most = max(most, __shfl_xor_sync(0xffffffffU, most, mask));
  }
  if (threadIdx.x % 32 == 0) atomicMax(largest, most);
  const float all = block_sum(value, shares);
  if (threadIdx.x == 0) atomicAdd(sum, all);
}

__global__ void __launch_bounds__(kThreads)
    sum_last_block_kernel(const float* __restrict__ x, int count, float* block_shares,
                          unsigned* ticket, float* sum) {
  __shared__ float shares[kWarps];
  __shared__ bool last;
  float value = 0;
  for (int i = blockIdx.x * kThreads + threadIdx.x; i < count; i += gridDim.x * kThreads) {
    value += x[i];
  }
  const float all = block_sum(value, shares);
  if (threadIdx.x == 0) {
    block_shares[blockIdx.x] = all;
    __threadfence();
    last = atomicInc(ticket, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (!last || threadIdx.x != 0) return;
  float total = 0;
  for (unsigned b = 0; b < gridDim.x; ++b) total += block_shares[b];
  *sum = total;
}

}  // namespace

cudaError_t reduce(const float* x, int count, float* sum, std::int32_t* largest,
                   cudaStream_t stream) {
  reduce_kernel<<<kSumBlocks, kThreads, 0, stream>>>(x, count, sum, largest);
  return cudaGetLastError();
}

cudaError_t sum_last_block(const float* x, int count, float* shares, std::uint32_t* ticket,
                           float* sum, cudaStream_t stream) {
  sum_last_block_kernel<<<kSumBlocks, kThreads, 0, stream>>>(x, count, shares, ticket, sum);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
