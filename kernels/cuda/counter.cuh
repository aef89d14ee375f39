// Events counted by the threads of a block and added to a counter in global memory.
#pragma once

namespace corticast::kernels::cuda {

// *total += the block's sum of `mine`, at most kMost a thread; nothing is stored where it is zero.
// Every thread of the block must come here; blocks are one-dimensional.
template <unsigned kMost>
__device__ void add_to_counter(unsigned mine, unsigned long long* total) {
  if (__syncthreads_or(mine != 0) == 0) return;
  unsigned long long sum = 0;
#pragma unroll
  for (unsigned bit = 1; bit <= kMost; bit *= 2) {
    sum += static_cast<unsigned long long>(__syncthreads_count((mine & bit) != 0)) * bit;
  }
  if (threadIdx.x == 0) atomicAdd(total, sum);
}

}  // namespace corticast::kernels::cuda
