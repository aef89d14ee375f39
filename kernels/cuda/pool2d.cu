#include <algorithm>

#include "kernels/cuda/counter.cuh"
#include "kernels/cuda/element.cuh"
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

// Neighbours in a row, channel by channel.
template <typename T>
__device__ void add(const Piece<T>& a, const Piece<T>& b, float (&sum)[kPerPiece<T>]) {
  float left[kPerPiece<T>];
  float right[kPerPiece<T>];
  a.unpack(left);
  b.unpack(right);
#pragma unroll
  for (int i = 0; i < kPerPiece<T>; ++i) sum[i] = left[i] + right[i];
}

// Output rows of a thread. With stride 1 neighbouring rows share a row of the input.
template <int kStride>
constexpr int kStripRows = kStride == 1 ? 2 : 1;

// A thread makes one piece of channels of one column, in kStripRows rows. Blocks lie along the rows
// of the output, blocks_per_row over the row's pieces; grid.y is the image.
template <typename T, int kStride>
__global__ void __launch_bounds__(kThreads)
    pool_pieces(PoolShape shape, int blocks_per_row, const T* __restrict__ x, std::size_t positions,
                T* __restrict__ y, unsigned long long* non_finite) {
  constexpr int kRows = kStripRows<kStride>;
  constexpr int kValues = kPerPiece<T>;
  const int pieces = shape.channels / kValues;
  const int out_height = (shape.height - 2) / kStride + 1;
  const int out_width = (shape.width - 2) / kStride + 1;
  const int strip = static_cast<int>(blockIdx.x) / blocks_per_row;
  const int item = (static_cast<int>(blockIdx.x) - strip * blocks_per_row) * kThreads +
                   static_cast<int>(threadIdx.x);
  unsigned bad = 0;
  if (item < out_width * pieces) {
    const int row = strip * kRows;
    const int skipped = kStride == 1 ? 0 : item / pieces * pieces;  // columns between windows
    const std::size_t in_row = static_cast<std::size_t>(shape.width) * shape.channels;
    const std::size_t out_row = static_cast<std::size_t>(out_width) * shape.channels;
    const T* from = x +
                    (std::size_t{blockIdx.y} * shape.height + std::size_t{kStride} * row) * in_row +
                    (static_cast<std::size_t>(item) + skipped) * kValues;
    T* to = y + blockIdx.y * positions * shape.channels + row * out_row +
            static_cast<std::size_t>(item) * kValues;
    Piece<T> left[kRows + 1] = {};
    Piece<T> right[kRows + 1] = {};
#pragma unroll
    for (int r = 0; r <= kRows; ++r) {
      if (r >= 2 && row + r > out_height) break;
      left[r].load(from + r * in_row);
      right[r].load(from + r * in_row + shape.channels);
    }
    float above[kValues];
    add(left[0], right[0], above);
#pragma unroll
    for (int r = 0; r < kRows; ++r) {
      if (row + r >= out_height) break;
      float below[kValues];
      add(left[r + 1], right[r + 1], below);
      float mean[kValues];
#pragma unroll
      for (int i = 0; i < kValues; ++i) {
        mean[i] = (above[i] + below[i]) * 0.25f;
        above[i] = below[i];
      }
      Piece<T> result;
      result.pack(mean);
      result.store(to + r * out_row);
      bad += result.non_finite();
    }
  }
  add_to_counter<static_cast<unsigned>(kRows * kValues)>(bad, non_finite);
}

template <typename T, int kStride>
void launch_pieces(const PoolShape& shape, const void* x, std::size_t positions, void* y,
                   unsigned long long* non_finite, cudaStream_t stream) {
  const unsigned strips = blocks(shape.out_height(), kStripRows<kStride>);
  const unsigned per_row = blocks(shape.out_width() * (shape.channels / kPerPiece<T>), kThreads);
  const dim3 grid(strips * per_row, static_cast<unsigned>(shape.images));
  pool_pieces<T, kStride><<<grid, kThreads, 0, stream>>>(shape, static_cast<int>(per_row),
                                                         static_cast<const T*>(x), positions,
                                                         static_cast<T*>(y), non_finite);
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

cudaError_t pool2d_average_channels_last(const PoolShape& shape, Element element, const void* x,
                                         std::size_t positions, void* y,
                                         unsigned long long* non_finite, cudaStream_t stream) {
  return with_type_of(element, [&](auto zero) {
    using T = decltype(zero);
    if (shape.stride == 1) {
      launch_pieces<T, 1>(shape, x, positions, y, non_finite, stream);
    } else {
      launch_pieces<T, 2>(shape, x, positions, y, non_finite, stream);
    }
    return cudaGetLastError();
  });
}

}  // namespace corticast::kernels::cuda
