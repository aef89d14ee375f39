#include <algorithm>

#include "kernels/cuda/kernels.h"

namespace corticast::kernels::cuda {
namespace {

constexpr int kThreads = 256;
constexpr std::size_t kMostPlanes = 65535;  // of one grid; further planes are looped over

__device__ float average(float a, float b, float c, float d) {
  return ((a + b) + (c + d)) * 0.25f;
}

// kPairs: stride 2 and an even width, so that every window's two rows are aligned pairs.
template <bool kPairs>
__global__ void __launch_bounds__(kThreads)
    pool_planes(PoolShape shape, int out_width, int outputs, std::size_t planes, const float* x,
                float* y) {
  const int index = static_cast<int>(blockIdx.x) * kThreads + static_cast<int>(threadIdx.x);
  if (index >= outputs) return;
  const int row = index / out_width;
  const int column = index - row * out_width;
  const std::size_t plane = static_cast<std::size_t>(shape.height) * shape.width;
  const std::size_t corner =
      static_cast<std::size_t>(row * shape.stride) * shape.width + column * shape.stride;
  for (std::size_t p = blockIdx.y; p < planes; p += gridDim.y) {
    const float* top = x + p * plane + corner;
    const float* bottom = top + shape.width;
    float value;
    if constexpr (kPairs) {
      const float2 upper = *reinterpret_cast<const float2*>(top);
      const float2 lower = *reinterpret_cast<const float2*>(bottom);
      value = average(upper.x, upper.y, lower.x, lower.y);
    } else {
      value = average(top[0], top[1], bottom[0], bottom[1]);
    }
    y[p * outputs + index] = value;
  }
}

constexpr int kTile = 32;  // positions x channels turned round in shared memory
constexpr int kTileRows = 8;

__global__ void __launch_bounds__(kTile* kTileRows)
    pool_channels_last(PoolShape shape, int out_width, int outputs, const float* x, float* y) {
  __shared__ float tile[kTile][kTile + 1];  // [channel][position]; the extra one avoids conflicts
  const int first_position = static_cast<int>(blockIdx.x) * kTile;
  const int first_channel = static_cast<int>(blockIdx.y) * kTile;
  const std::size_t image = blockIdx.z;
  const int lane = static_cast<int>(threadIdx.x);

  const int position = first_position + lane;
  if (position < outputs) {
    const int row = position / out_width;
    const int column = position - row * out_width;
    const std::size_t corner =
        static_cast<std::size_t>(row * shape.stride) * shape.width + column * shape.stride;
    for (int c = static_cast<int>(threadIdx.y); c < kTile; c += kTileRows) {
      const int channel = first_channel + c;
      if (channel >= shape.channels) break;
      const float* top =
          x + (image * shape.channels + channel) * shape.height * shape.width + corner;
      const float* bottom = top + shape.width;
      tile[c][lane] = average(top[0], top[1], bottom[0], bottom[1]);
    }
  }
  __syncthreads();
  const int channel = first_channel + lane;
  if (channel >= shape.channels) return;
  for (int p = static_cast<int>(threadIdx.y); p < kTile; p += kTileRows) {
    if (first_position + p >= outputs) break;
    y[(image * outputs + first_position + p) * shape.channels + channel] = tile[lane][p];
  }
}

unsigned blocks(int items, int per_block) {
  return static_cast<unsigned>((items + per_block - 1) / per_block);
}

}  // namespace

cudaError_t pool2d_average(const PoolShape& shape, const float* x, float* y, cudaStream_t stream) {
  const std::size_t planes = shape.images * static_cast<std::size_t>(shape.channels);
  const int outputs = shape.out_height() * shape.out_width();
  const dim3 grid(blocks(outputs, kThreads), static_cast<unsigned>(std::min(planes, kMostPlanes)));
  if (shape.stride == 2 && shape.width % 2 == 0) {
    pool_planes<true>
        <<<grid, kThreads, 0, stream>>>(shape, shape.out_width(), outputs, planes, x, y);
  } else {
    pool_planes<false>
        <<<grid, kThreads, 0, stream>>>(shape, shape.out_width(), outputs, planes, x, y);
  }
  return cudaGetLastError();
}

cudaError_t pool2d_average_to_channels_last(const PoolShape& shape, const float* x, float* y,
                                            cudaStream_t stream) {
  const int outputs = shape.out_height() * shape.out_width();
  const dim3 grid(blocks(outputs, kTile), blocks(shape.channels, kTile),
                  static_cast<unsigned>(shape.images));
  pool_channels_last<<<grid, dim3(kTile, kTileRows), 0, stream>>>(shape, shape.out_width(), outputs,
                                                                  x, y);
  return cudaGetLastError();
}

}  // namespace corticast::kernels::cuda
