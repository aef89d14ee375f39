#include "tests/cuda_sim/kernels/mma_tile.cuh"

namespace cuda_sim::kernels {
namespace {

// Eight halves each, on their way from global to shared memory.
struct Staged {
  uint4 spatial[2];
  uint4 x[2];
};

__device__ void fetch(const ReadoutShape& s, const Half* __restrict__ spatial,
                      const Half* __restrict__ x, int row0, int channel0, int position0,
                      Staged* staged) {
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const int chunk = static_cast<int>(threadIdx.x) + i * kTileThreads;
    const int row = row0 + chunk / 4;
    const int position = position0 + chunk % 4 * 8;
    staged->spatial[i] = make_uint4(0, 0, 0, 0);
    if (row < s.rows && position < s.positions) {
      staged->spatial[i] = *reinterpret_cast<const uint4*>(
          &spatial[static_cast<long long>(row) * s.positions + position]);
    }
    const int depth = position0 + chunk / 8;
    const int channel = channel0 + chunk % 8 * 8;
    staged->x[i] = make_uint4(0, 0, 0, 0);
    if (depth < s.positions && channel < s.channels) {
      staged->x[i] =
          *reinterpret_cast<const uint4*>(&x[static_cast<long long>(depth) * s.channels + channel]);
    }
  }
}

__device__ void put(const Staged& staged, MmaStage* stage) {
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const int chunk = static_cast<int>(threadIdx.x) + i * kTileThreads;
    *reinterpret_cast<uint4*>(&stage->spatial[chunk / 4][chunk % 4 * 8]) = staged.spatial[i];
    *reinterpret_cast<uint4*>(&stage->x[chunk / 8][chunk % 8 * 8]) = staged.x[i];
  }
}

// Block (row tile, image), two buffers; the copies pass through registers.
__global__ void __launch_bounds__(kTileThreads)
    readout_mma75_kernel(ReadoutShape s, const Half* __restrict__ spatial,
                         const Half* __restrict__ x, const float* __restrict__ features,
                         const float* __restrict__ bias, float* __restrict__ y) {
  __shared__ __align__(16) MmaStage stages[2];
  __shared__ float shares[2][kTileRows];
  const MmaPlace place;
  const int row0 = blockIdx.x * kTileRows;
  const Half* image = x + static_cast<long long>(blockIdx.y) * s.positions * s.channels;
  const int depths = (s.positions + kTileDepth - 1) / kTileDepth;
  const int steps = depths * ((s.channels + kTileChannels - 1) / kTileChannels);
  float result[2][2] = {};
  WarpSums sums = {};
  Staged staged;
  fetch(s, spatial, image, row0, 0, 0, &staged);
  put(staged, &stages[0]);
  __syncthreads();
  for (int step = 0; step < steps; ++step) {
    const int next = step + 1;
    if (next < steps) {
      fetch(s, spatial, image, row0, next / depths * kTileChannels, next % depths * kTileDepth,
            &staged);
    }
    multiply<MmaDepth8>(stages[step % 2], place, &sums);
    if (step % depths == depths - 1) {
      contract(s, place, row0, step / depths * kTileChannels, features, &sums, result);
    }
    if (next < steps) put(staged, &stages[next % 2]);
    __syncthreads();
  }
  finish(s, place, row0, result, shares, bias, y);
}

}  // namespace

cudaError_t readout_mma75(const ReadoutShape& shape, const Half* spatial, const Half* x,
                          const float* features, const float* bias, float* y, cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>((shape.rows + kTileRows - 1) / kTileRows),
                  static_cast<unsigned>(shape.images));
  readout_mma75_kernel<<<grid, kTileThreads, 0, stream>>>(shape, spatial, x, features, bias, y);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
