#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

constexpr int kSide = 16;  // threads per side of the block
constexpr int kEach = 4;   // rows and channels per thread
constexpr int kTile = kSide * kEach;
constexpr int kDepth = 16;  // positions per step
constexpr int kPitch = kTile + 4;
constexpr int kThreads = kSide * kSide;

struct Tiles {
  float spatial[2][kDepth][kPitch];  // transposed: [position][row]
  float x[2][kDepth][kPitch];        // [position][channel]
};

// Four values of each operand, on their way from global to shared memory.
struct Staged {
  float spatial[kEach];
  float x[kEach];
};

__device__ void fetch(const ReadoutShape& s, const float* __restrict__ spatial,
                      const float* __restrict__ x, int row0, int channel0, int position0,
                      Staged* staged) {
  const int row = row0 + static_cast<int>(threadIdx.x) / 4;
  const int position = position0 + static_cast<int>(threadIdx.x) % 4 * 4;
  for (int i = 0; i < kEach; ++i) {
    const bool inside = row < s.rows && position + i < s.positions;
    staged->spatial[i] =
        inside ? spatial[static_cast<long long>(row) * s.positions + position + i] : 0.0f;
  }
  const int depth = position0 + static_cast<int>(threadIdx.x) / kSide;
  const int channel = channel0 + static_cast<int>(threadIdx.x) % kSide * kEach;
  for (int i = 0; i < kEach; ++i) {
    const bool inside = depth < s.positions && channel + i < s.channels;
    staged->x[i] = inside ? x[static_cast<long long>(depth) * s.channels + channel + i] : 0.0f;
  }
}

__device__ void put(const Staged& staged, int buffer, Tiles* tiles) {
  const int row = threadIdx.x / 4;
  const int position = threadIdx.x % 4 * 4;
  for (int i = 0; i < kEach; ++i) tiles->spatial[buffer][position + i][row] = staged.spatial[i];
  *reinterpret_cast<float4*>(&tiles->x[buffer][threadIdx.x / kSide][threadIdx.x % kSide * kEach]) =
      make_float4(staged.x[0], staged.x[1], staged.x[2], staged.x[3]);
}

__device__ void multiply(const Tiles& tiles, int buffer, int ty, int tx, float (*sum)[kEach]) {
#pragma unroll
  for (int k = 0; k < kDepth; ++k) {
    const float4 a = *reinterpret_cast<const float4*>(&tiles.spatial[buffer][k][ty * kEach]);
    const float4 b = *reinterpret_cast<const float4*>(&tiles.x[buffer][k][tx * kEach]);
    const float rows[kEach] = {a.x, a.y, a.z, a.w};
    const float columns[kEach] = {b.x, b.y, b.z, b.w};
#pragma unroll
    for (int i = 0; i < kEach; ++i) {
#pragma unroll
      for (int j = 0; j < kEach; ++j) sum[i][j] = fmaf(rows[i], columns[j], sum[i][j]);
    }
  }
}

// Block (row tile, image): all channels, one tile after another; the second buffer of shared
// memory is filled while the first is used.
__global__ void __launch_bounds__(kThreads)
    readout_f32_kernel(ReadoutShape s, const float* __restrict__ spatial,
                       const float* __restrict__ x, const float* __restrict__ features,
                       const float* __restrict__ bias, float* __restrict__ y) {
  __shared__ __align__(16) Tiles tiles;
  const int tx = threadIdx.x % kSide;
  const int ty = threadIdx.x / kSide;
  const int row0 = blockIdx.x * kTile;
  const float* image = x + static_cast<long long>(blockIdx.y) * s.positions * s.channels;
  const int steps = (s.positions + kDepth - 1) / kDepth;
  float result[kEach] = {};
  Staged staged;
  for (int channel0 = 0; channel0 < s.channels; channel0 += kTile) {
    float sum[kEach][kEach] = {};
    fetch(s, spatial, image, row0, channel0, 0, &staged);
    put(staged, 0, &tiles);
    __syncthreads();
    for (int step = 0; step < steps; ++step) {
      if (step + 1 < steps) {
        fetch(s, spatial, image, row0, channel0, (step + 1) * kDepth, &staged);
      }
      multiply(tiles, step % 2, ty, tx, sum);
      if (step + 1 < steps) put(staged, (step + 1) % 2, &tiles);
      __syncthreads();
    }
    for (int i = 0; i < kEach; ++i) {
      const int row = row0 + ty * kEach + i;
      for (int j = 0; j < kEach; ++j) {
        const int channel = channel0 + tx * kEach + j;
        if (row < s.rows && channel < s.channels) {
          result[i] = fmaf(sum[i][j], features[static_cast<long long>(row) * s.channels + channel],
                           result[i]);
        }
      }
    }
  }
  for (int i = 0; i < kEach; ++i) {
    for (int mask = kSide / 2; mask > 0; mask /= 2) {
      result[i] += __shfl_xor_sync(0xffffffffU, result[i], mask);
    }
    const int row = row0 + ty * kEach + i;
    if (tx == 0 && row < s.rows) {
      y[static_cast<long long>(blockIdx.y) * s.rows + row] = result[i] + bias[row];
    }
  }
}

}  // namespace

cudaError_t readout_f32(const ReadoutShape& shape, const float* spatial, const float* x,
                        const float* features, const float* bias, float* y, cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>((shape.rows + kTile - 1) / kTile),
                  static_cast<unsigned>(shape.images));
  readout_f32_kernel<<<grid, kThreads, 0, stream>>>(shape, spatial, x, features, bias, y);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
