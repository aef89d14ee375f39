// What the two tensor-core readouts share: a block's tile of 64 rows x 64 channels held by 2 x 2
// warps of 32 x 32, its operands in shared memory, and the contraction with the features.
// Fragment layouts: PTX ISA, "Matrix Fragments for mma.m16n8k16 / m16n8k8" and "ldmatrix".
#pragma once

#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {

inline constexpr int kTileRows = 64;
inline constexpr int kTileChannels = 64;
inline constexpr int kTileDepth = 32;
inline constexpr int kTileThreads = 128;
// Rows of shared memory are longer by 16 bytes, so that the eight rows of an ldmatrix lie in
// different banks.
inline constexpr int kSpatialPitch = kTileDepth + 8;
inline constexpr int kXPitch = kTileChannels + 8;

struct MmaStage {
  Half spatial[kTileRows][kSpatialPitch];
  Half x[kTileDepth][kXPitch];
};

// 32 x 32 sums of one warp: [16-row tile][8-channel tile][4 of the thread].
struct WarpSums {
  float value[2][4][4];
};

// Where a thread's values lie in the block's tile.
struct MmaPlace {
  int lane = static_cast<int>(threadIdx.x) % 32;
  int warp_row = static_cast<int>(threadIdx.x) / 64;
  int warp_column = static_cast<int>(threadIdx.x) / 32 % 2;

  __device__ int row(int tile, int part) const {
    return warp_row * 32 + tile * 16 + part * 8 + lane / 4;
  }
  __device__ int channel(int tile, int part) const {
    return warp_column * 32 + tile * 8 + lane % 4 * 2 + part;
  }
};

__device__ inline unsigned shared_address(const void* pointer) {
  return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

__device__ inline void load_matrices(const Half* row, unsigned (&m)[4]) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
               : "r"(shared_address(row)));
}

__device__ inline void load_matrices_transposed(const Half* row, unsigned (&m)[4]) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
               : "r"(shared_address(row)));
}

struct MmaDepth16 {
  static __device__ void multiply(const unsigned (&a)[4], unsigned b0, unsigned b1,
                                  float (&sum)[4]) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
  }
};

// Two steps of depth 8, all that compute capability 7.5 has.
struct MmaDepth8 {
  static __device__ void step(unsigned a0, unsigned a1, unsigned b, float (&sum)[4]) {
    asm volatile(
        "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 "
        "{%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(a0), "r"(a1), "r"(b));
  }
  static __device__ void multiply(const unsigned (&a)[4], unsigned b0, unsigned b1,
                                  float (&sum)[4]) {
    step(a[0], a[1], b0, sum);
    step(a[2], a[3], b1, sum);
  }
};

template <class Mma>
__device__ void multiply(const MmaStage& stage, const MmaPlace& place, WarpSums* sums) {
#pragma unroll
  for (int k = 0; k < kTileDepth; k += 16) {
    unsigned a[2][4];
#pragma unroll
    for (int tile = 0; tile < 2; ++tile) {
      const int row = place.warp_row * 32 + tile * 16 + place.lane % 16;
      load_matrices(&stage.spatial[row][k + place.lane / 16 * 8], a[tile]);
    }
#pragma unroll
    for (int pair = 0; pair < 2; ++pair) {
      unsigned b[4];
      const int channel = place.warp_column * 32 + pair * 16 + place.lane / 16 * 8;
      load_matrices_transposed(&stage.x[k + place.lane % 16][channel], b);
#pragma unroll
      for (int tile = 0; tile < 2; ++tile) {
        Mma::multiply(a[tile], b[0], b[1], sums->value[tile][2 * pair]);
        Mma::multiply(a[tile], b[2], b[3], sums->value[tile][2 * pair + 1]);
      }
    }
  }
}

// result[tile][part] += the thread's share of sum_c features[row, c] * sums[row, c] over the
// channels of this tile; clears the sums.
__device__ inline void contract(const ReadoutShape& s, const MmaPlace& place, int row0,
                                int channel0, const float* __restrict__ features, WarpSums* sums,
                                float (&result)[2][2]) {
#pragma unroll
  for (int tile = 0; tile < 2; ++tile) {
#pragma unroll
    for (int i = 0; i < 16; ++i) {
      const int row = row0 + place.row(tile, i % 4 / 2);
      const int channel = channel0 + place.channel(i / 4, i % 2);
      float* sum = &sums->value[tile][i / 4][i % 4];
      if (row < s.rows && channel < s.channels) {
        float* share = &result[tile][i % 4 / 2];
        *share = fmaf(*sum, features[static_cast<long long>(row) * s.channels + channel], *share);
      }
      *sum = 0;
    }
  }
}

// Adds up the four lanes of a row, then the two warps beside each other. shares: shared memory.
__device__ inline void finish(const ReadoutShape& s, const MmaPlace& place, int row0,
                              float (&result)[2][2], float (*shares)[kTileRows],
                              const float* __restrict__ bias, float* __restrict__ y) {
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    float sum = result[i / 2][i % 2];
    sum += __shfl_xor_sync(0xffffffffU, sum, 1);
    sum += __shfl_xor_sync(0xffffffffU, sum, 2);
    if (place.lane % 4 == 0) shares[place.warp_column][place.row(i / 2, i % 2)] = sum;
  }
  __syncthreads();
  const int row = row0 + static_cast<int>(threadIdx.x);
  if (threadIdx.x < kTileRows && row < s.rows) {
    y[static_cast<long long>(blockIdx.y) * s.rows + row] =
        bias[row] + (shares[0][threadIdx.x] + shares[1][threadIdx.x]);
  }
}

}  // namespace cuda_sim::kernels
