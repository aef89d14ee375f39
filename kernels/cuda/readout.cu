// One block keeps kRows rows: their features in registers for the whole batch, a stretch of their
// masks in shared memory while the images pass by. Per image and stretch the product mask * image
// lives in registers; it is multiplied by the features and reduced over the channels at once (the
// contraction is linear, so stretches just add). Masks and features are so read once per batch, and
// no sum has more than kStretch terms before it joins a total, which keeps it near the exact value.
#include <cuda_pipeline.h>

#include <algorithm>

#include "kernels/cuda/kernels.h"

namespace corticast::kernels::cuda {
namespace {

constexpr int kRows = 48;       // rows of a block
constexpr int kColumns = 384;   // channels of a block; more are done in turns
constexpr int kStep = 8;        // positions of one piece of the image in shared memory
constexpr int kStretch = 72;    // positions of the masks in shared memory
constexpr int kThreadRows = 6;  // a thread's tile of the product
constexpr int kThreadColumns = 12;
// A warp is 4 x 8 threads, 24 rows x 96 channels; the block is 2 x 4 warps.
constexpr int kWarpRows = 4 * kThreadRows;
constexpr int kWarpColumns = 8 * kThreadColumns;
constexpr int kColumnWarps = kColumns / kWarpColumns;
constexpr int kThreads = 32 * (kRows / kWarpRows) * kColumnWarps;
static_assert(kStretch % kStep == 0);
static_assert(kThreads == 32 * kStep);  // copy_piece: a warp for each position

struct Shared {
  float image[2][kStep][kColumns];     // the next piece is copied while one is used
  float spatial[kStretch][kRows + 4];  // transposed; padded against bank conflicts
  float partial[kColumnWarps][kRows];  // sums over the channels of a warp
};
static_assert(sizeof(Shared) <= 48 * 1024);

struct Problem {
  ReadoutShape shape;
  int images_per_block;
  const float* spatial;
  const float* features;
  const float* bias;
  const float* x;
  float* y;
};

// Starts copying positions [first, first + kStep) of an image, one position a warp: the channels of
// every warp that has some, zeros where there are none.
template <int kWidth>
__device__ void copy_piece(const ReadoutShape& shape, const float* image, int first_channel,
                           int first, int last, float (*piece)[kColumns]) {
  const int k = static_cast<int>(threadIdx.x) / 32;
  const int left = min(kColumns, shape.channels - first_channel);
  const int end = (left + kWarpColumns - 1) / kWarpColumns * kWarpColumns;
  const float* from = image + static_cast<std::size_t>(first + k) * shape.channels + first_channel;
#pragma unroll 1  // registers are dearer here than instructions
  for (int c = static_cast<int>(threadIdx.x) % 32 * kWidth; c < end; c += 32 * kWidth) {
    const bool inside = first + k < last && c < left;
    __pipeline_memcpy_async(&piece[k][c], inside ? from + c : image, kWidth * sizeof(float),
                            inside ? 0 : kWidth * sizeof(float));
  }
}

// The masks' positions [first, last), rows side by side; zeros beyond the last row and position.
__device__ void load_spatial(const float* from, int rows, int positions, int first, int last,
                             float (*spatial)[kRows + 4]) {
#pragma unroll 4
  for (int i = static_cast<int>(threadIdx.x); i < kRows * kStretch; i += kThreads) {
    const int r = i / kStretch;
    const int k = i - r * kStretch;
    const bool inside = r < rows && first + k < last;
    spatial[k][r] = inside ? from[static_cast<std::size_t>(r) * positions + first + k] : 0.0f;
  }
}

// kWidth: floats of one copy of the image, 4 where channels are a multiple of 4.
template <int kWidth>
__global__ void __launch_bounds__(kThreads, 1) fused_readout(const Problem problem) {
  __shared__ __align__(16) Shared shared;
  const ReadoutShape& shape = problem.shape;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int column_warp = warp % kColumnWarps;
  const int tile_row = warp / kColumnWarps * kWarpRows + lane / 8 * kThreadRows;
  const int tile_column = column_warp * kWarpColumns + lane % 8 * kThreadColumns;
  const std::size_t first_row = std::size_t{blockIdx.x} * kRows;
  const int first_image = static_cast<int>(blockIdx.y) * problem.images_per_block;
  const int last_image =
      min(first_image + problem.images_per_block, static_cast<int>(shape.images));
  const int rows = static_cast<int>(min(std::size_t{kRows}, shape.rows - first_row));
  const std::size_t image_size = static_cast<std::size_t>(shape.positions) * shape.channels;

  for (int first_channel = 0; first_channel < shape.channels; first_channel += kColumns) {
    // A warp whose channels do not exist copies and waits with the others, and has sums of zero.
    const bool busy = first_channel + column_warp * kWarpColumns < shape.channels;
    float features[kThreadRows][kThreadColumns];
#pragma unroll
    for (int r = 0; r < kThreadRows; ++r) {
#pragma unroll
      for (int c = 0; c < kThreadColumns; ++c) {
        const int row = tile_row + r;
        const int channel = first_channel + tile_column + c;
        features[r][c] = row < rows && channel < shape.channels
                             ? problem.features[(first_row + row) * shape.channels + channel]
                             : 0.0f;
      }
    }
    for (int first = 0; first < shape.positions; first += kStretch) {
      const int last = min(first + kStretch, shape.positions);
      load_spatial(problem.spatial + first_row * shape.positions, rows, shape.positions, first,
                   last, shared.spatial);
      const float* image = problem.x + static_cast<std::size_t>(first_image) * image_size;
      copy_piece<kWidth>(shape, image, first_channel, first, last, shared.image[0]);
      __pipeline_commit();
      int buffer = 0;
      for (int n = first_image; n < last_image; ++n, image += image_size) {
        float product[kThreadRows][kThreadColumns] = {};
        for (int p = first; p < last; p += kStep, buffer ^= 1) {
          __pipeline_wait_prior(0);
          __syncthreads();  // the piece is complete, and the other buffer no longer read
          const bool more = p + kStep < last;
          if (more || n + 1 < last_image) {
            copy_piece<kWidth>(shape, more ? image : image + image_size, first_channel,
                               more ? p + kStep : first, last, shared.image[buffer ^ 1]);
          }
          __pipeline_commit();
          if (!busy) continue;
#pragma unroll
          for (int k = 0; k < kStep; ++k) {
            float left[kThreadRows];
            float right[kThreadColumns];
#pragma unroll
            for (int r = 0; r < kThreadRows; r += 2) {
              *reinterpret_cast<float2*>(left + r) =
                  *reinterpret_cast<const float2*>(&shared.spatial[p - first + k][tile_row + r]);
            }
#pragma unroll
            for (int c = 0; c < kThreadColumns; c += 4) {
              *reinterpret_cast<float4*>(right + c) =
                  *reinterpret_cast<const float4*>(&shared.image[buffer][k][tile_column + c]);
            }
#pragma unroll
            for (int r = 0; r < kThreadRows; ++r) {
#pragma unroll
              for (int c = 0; c < kThreadColumns; ++c) {
                product[r][c] = fmaf(left[r], right[c], product[r][c]);
              }
            }
          }
        }
#pragma unroll
        for (int r = 0; r < kThreadRows; ++r) {
          float sum = 0;
#pragma unroll
          for (int c = 0; c < kThreadColumns; ++c) {
            sum = fmaf(features[r][c], product[r][c], sum);
          }
#pragma unroll
          for (int step = 1; step < 8; step *= 2) {
            sum += __shfl_xor_sync(0xffffffffu, sum, step);
          }
          if (lane % 8 == 0) shared.partial[column_warp][tile_row + r] = sum;
        }
        __syncthreads();  // sums complete; masks no longer read, the next stretch may replace them
        const int r = static_cast<int>(threadIdx.x);
        if (r < rows) {
          float* y = problem.y + static_cast<std::size_t>(n) * shape.rows + first_row + r;
          float sum = 0;
#pragma unroll
          for (int w = 0; w < kColumnWarps; ++w) sum += shared.partial[w][r];
          *y = (first == 0 && first_channel == 0 ? problem.bias[first_row + r] : *y) + sum;
        }
      }
    }
  }
}

}  // namespace

cudaError_t readout(const ReadoutShape& shape, const float* spatial, const float* features,
                    const float* bias, const float* x, float* y, cudaStream_t stream) {
  const std::size_t row_blocks = (shape.rows + kRows - 1) / kRows;
  // Enough blocks for every multiprocessor, but no more: each group of images reads the masks anew.
  const std::size_t wanted =
      (static_cast<std::size_t>(shape.multiprocessors) + row_blocks - 1) / row_blocks;
  const std::size_t groups = std::min(wanted, shape.images);
  const std::size_t images_per_block = (shape.images + groups - 1) / groups;
  const dim3 grid(static_cast<unsigned>(row_blocks),
                  static_cast<unsigned>((shape.images + images_per_block - 1) / images_per_block));
  const Problem problem{shape, static_cast<int>(images_per_block), spatial, features, bias, x, y};
  if (shape.channels % 4 == 0) {
    fused_readout<4><<<grid, kThreads, 0, stream>>>(problem);
  } else {
    fused_readout<1><<<grid, kThreads, 0, stream>>>(problem);
  }
  return cudaGetLastError();
}

}  // namespace corticast::kernels::cuda
