#include "kernels/cuda/kernels.h"

namespace corticast::kernels::cuda {
namespace {

constexpr int kThreads = 256;

// Written as a gather, so that every column is stored once and in order.
__global__ void __launch_bounds__(kThreads)
    gather_columns(const float* x, std::size_t rows, const std::uint32_t* source,
                   std::size_t columns, float* y) {
  const std::size_t column = std::size_t{blockIdx.x} * kThreads + threadIdx.x;
  if (column >= columns) return;
  const std::uint32_t row = source[column];
  y[blockIdx.y * columns + column] =
      row == kNoSource ? __int_as_float(0x7fc00000) : x[blockIdx.y * rows + row];
}

}  // namespace

cudaError_t scatter_columns(const float* x, std::size_t images, std::size_t rows,
                            const std::uint32_t* source, std::size_t columns, float* y,
                            cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>((columns + kThreads - 1) / kThreads),
                  static_cast<unsigned>(images));
  gather_columns<<<grid, kThreads, 0, stream>>>(x, rows, source, columns, y);
  return cudaGetLastError();
}

}  // namespace corticast::kernels::cuda
