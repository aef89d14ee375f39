#include "tests/cuda_sim/kernels/mma_tile.cuh"

namespace cuda_sim::kernels {
namespace {

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
// 16 bytes, zeros when outside (then nothing is read).
__device__ void copy_async(Half* to, const Half* from, bool inside) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
               :
               : "r"(shared_address(to)), "l"(from), "r"(inside ? 16 : 0)
               : "memory");
}

__device__ void commit() {
  asm volatile("cp.async.commit_group;" : : : "memory");
}

template <int kPending>
__device__ void wait() {
  asm volatile("cp.async.wait_group %0;" : : "n"(kPending) : "memory");
}

__device__ void fetch(const ReadoutShape& s, const Half* spatial, const Half* x, int row0,
                      int channel0, int position0, MmaStage* stage) {
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const int chunk = static_cast<int>(threadIdx.x) + i * kTileThreads;
    const int row = chunk / 4;
    const int depth = chunk % 4 * 8;
    const bool inside = row0 + row < s.rows && position0 + depth < s.positions;
    const long long from = static_cast<long long>(row0 + row) * s.positions + position0 + depth;
    copy_async(&stage->spatial[row][depth], inside ? spatial + from : spatial, inside);
  }
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const int chunk = static_cast<int>(threadIdx.x) + i * kTileThreads;
    const int depth = chunk / 8;
    const int channel = chunk % 8 * 8;
    const bool inside = position0 + depth < s.positions && channel0 + channel < s.channels;
    const long long from =
        static_cast<long long>(position0 + depth) * s.channels + channel0 + channel;
    copy_async(&stage->x[depth][channel], inside ? x + from : x, inside);
  }
}
#endif

// Block (row tile, image). One pipeline over all steps of all channel tiles, kStages - 1 steps
// ahead of the multiplications.
template <int kStages>
__global__ void __launch_bounds__(kTileThreads)
    readout_mma80_kernel(ReadoutShape s, const Half* __restrict__ spatial,
                         const Half* __restrict__ x, const float* __restrict__ features,
                         const float* __restrict__ bias, float* __restrict__ y) {
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
  extern __shared__ __align__(16) unsigned char dynamic[];
  __shared__ float shares[2][kTileRows];
  auto* stages = reinterpret_cast<MmaStage*>(dynamic);
  const MmaPlace place;
  const int row0 = blockIdx.x * kTileRows;
  const Half* image = x + static_cast<long long>(blockIdx.y) * s.positions * s.channels;
  const int depths = (s.positions + kTileDepth - 1) / kTileDepth;
  const int steps = depths * ((s.channels + kTileChannels - 1) / kTileChannels);
  for (int step = 0; step < kStages - 1; ++step) {
    if (step < steps) {
      fetch(s, spatial, image, row0, step / depths * kTileChannels, step % depths * kTileDepth,
            &stages[step]);
    }
    commit();
  }
  float result[2][2] = {};
  WarpSums sums = {};
  for (int step = 0; step < steps; ++step) {
    wait<kStages - 2>();
    __syncthreads();
    const int ahead = step + kStages - 1;
    if (ahead < steps) {
      fetch(s, spatial, image, row0, ahead / depths * kTileChannels, ahead % depths * kTileDepth,
            &stages[ahead % kStages]);
    }
    commit();
    multiply<MmaDepth16>(stages[step % kStages], place, &sums);
    if (step % depths == depths - 1) {
      contract(s, place, row0, step / depths * kTileChannels, features, &sums, result);
    }
  }
  wait<0>();
  finish(s, place, row0, result, shares, bias, y);
#else
  __trap();
#endif
}

template <int kStages>
cudaError_t launch(const ReadoutShape& s, const Half* spatial, const Half* x, const float* features,
                   const float* bias, float* y, bool opt_in, cudaStream_t stream) {
  const std::size_t shared = kStages * sizeof(MmaStage);
  if (opt_in) {
    const cudaError_t error =
        cudaFuncSetAttribute(readout_mma80_kernel<kStages>,
                             cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared));
    if (error != cudaSuccess) return error;
  }
  const dim3 grid(static_cast<unsigned>((s.rows + kTileRows - 1) / kTileRows),
                  static_cast<unsigned>(s.images));
  readout_mma80_kernel<kStages>
      <<<grid, kTileThreads, shared, stream>>>(s, spatial, x, features, bias, y);
  return cudaGetLastError();
}

}  // namespace

cudaError_t readout_mma80(const ReadoutShape& shape, const Half* spatial, const Half* x,
                          const float* features, const float* bias, float* y, int stages,
                          bool opt_in, cudaStream_t stream) {
  if (stages == 3) return launch<3>(shape, spatial, x, features, bias, y, opt_in, stream);
  if (stages == 6) return launch<6>(shape, spatial, x, features, bias, y, opt_in, stream);
  return cudaErrorInvalidValue;
}

}  // namespace cuda_sim::kernels
