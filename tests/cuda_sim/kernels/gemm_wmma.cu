#include <cuda_fp16.h>
#include <mma.h>

#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

namespace wmma = nvcuda::wmma;

constexpr int kPiece = 16;         // rows, columns and depth of one wmma
constexpr int kTile = 2 * kPiece;  // rows and columns of a block
constexpr int kThreads = 128;      // 2 x 2 warps
constexpr int kAPitch = kPiece + 8;
constexpr int kBPitch = kTile + 8;
constexpr int kCPitch = kPiece + 4;

__global__ void __launch_bounds__(kThreads)
    gemm_wmma_kernel(int m, int n, int k, float alpha, const __half* __restrict__ a,
                     const __half* __restrict__ b, float* __restrict__ c) {
  __shared__ __align__(32) __half a_tile[kTile][kAPitch];
  __shared__ __align__(32) __half b_tile[kPiece][kBPitch];
  __shared__ __align__(32) float c_tile[4][kPiece][kCPitch];
  const int warp = threadIdx.x / 32;
  const int lane = threadIdx.x % 32;
  const int row0 = blockIdx.y * kTile;
  const int column0 = blockIdx.x * kTile;
  wmma::fragment<wmma::accumulator, kPiece, kPiece, kPiece, float> sum;
  wmma::fill_fragment(sum, 0.0f);
  for (int depth0 = 0; depth0 < k; depth0 += kPiece) {
    for (int i = threadIdx.x; i < kTile * kPiece; i += kThreads) {
      const int row = row0 + i / kPiece;
      const int depth = depth0 + i % kPiece;
      a_tile[i / kPiece][i % kPiece] =
          row < m && depth < k ? a[static_cast<long long>(row) * k + depth] : __float2half(0.0f);
    }
    for (int i = threadIdx.x; i < kTile * kPiece; i += kThreads) {
      const int depth = depth0 + i / kTile;
      const int column = column0 + i % kTile;
      b_tile[i / kTile][i % kTile] = depth < k && column < n
                                         ? b[static_cast<long long>(depth) * n + column]
                                         : __float2half(0.0f);
    }
    __syncthreads();
    wmma::fragment<wmma::matrix_a, kPiece, kPiece, kPiece, __half, wmma::row_major> a_part;
    wmma::fragment<wmma::matrix_b, kPiece, kPiece, kPiece, __half, wmma::row_major> b_part;
    wmma::load_matrix_sync(a_part, &a_tile[warp / 2 * kPiece][0], kAPitch);
    wmma::load_matrix_sync(b_part, &b_tile[0][warp % 2 * kPiece], kBPitch);
    wmma::mma_sync(sum, a_part, b_part, sum);
    __syncthreads();
  }
  for (int i = 0; i < sum.num_elements; ++i) sum.x[i] *= alpha;
  wmma::store_matrix_sync(&c_tile[warp][0][0], sum, kCPitch, wmma::mem_row_major);
  __syncwarp();
  for (int i = lane; i < kPiece * kPiece; i += 32) {
    const int row = row0 + warp / 2 * kPiece + i / kPiece;
    const int column = column0 + warp % 2 * kPiece + i % kPiece;
    if (row < m && column < n) {
      c[static_cast<long long>(row) * n + column] = c_tile[warp][i / kPiece][i % kPiece];
    }
  }
}

}  // namespace

cudaError_t gemm_wmma(int m, int n, int k, float alpha, const Half* a, const Half* b, float* c,
                      cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>((n + kTile - 1) / kTile),
                  static_cast<unsigned>((m + kTile - 1) / kTile));
  gemm_wmma_kernel<<<grid, kThreads, 0, stream>>>(
      m, n, k, alpha, reinterpret_cast<const __half*>(a), reinterpret_cast<const __half*>(b), c);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
