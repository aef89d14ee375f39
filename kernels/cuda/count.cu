#include "kernels/cuda/counter.cuh"
#include "kernels/cuda/element.cuh"
#include "kernels/cuda/kernels.h"

namespace corticast::kernels::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kPieces = 4;  // of a thread, all loaded before the first is looked at

// The values beyond the last whole piece are looked at by the last block, one a thread.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    count_pieces(const T* __restrict__ x, std::size_t size, unsigned long long* non_finite) {
  const std::size_t pieces = size / kPerPiece<T>;
  const std::size_t first = std::size_t{blockIdx.x} * kThreads * kPieces + threadIdx.x;
  Piece<T> values[kPieces] = {};
#pragma unroll
  for (int i = 0; i < kPieces; ++i) {
    const std::size_t piece = first + i * kThreads;
    if (piece < pieces) values[i].load(x + piece * kPerPiece<T>);
  }
  unsigned bad = 0;
#pragma unroll
  for (const Piece<T>& piece : values) bad += piece.non_finite();
  const std::size_t rest = pieces * kPerPiece<T> + threadIdx.x;
  if (blockIdx.x + 1 == gridDim.x && rest < size) bad += isfinite(to_float(x[rest])) ? 0u : 1u;
  add_to_counter<static_cast<unsigned>(kPieces * kPerPiece<T> + 1)>(bad, non_finite);
}

}  // namespace

cudaError_t count_non_finite(Element element, const void* x, std::size_t size,
                             unsigned long long* non_finite, cudaStream_t stream) {
  if (size == 0) return cudaSuccess;
  return with_type_of(element, [&](auto zero) {
    using T = decltype(zero);
    constexpr std::size_t kBlock = std::size_t{kThreads} * kPieces * kPerPiece<T>;
    const auto blocks = static_cast<unsigned>((size + kBlock - 1) / kBlock);
    count_pieces<T><<<blocks, kThreads, 0, stream>>>(static_cast<const T*>(x), size, non_finite);
    return cudaGetLastError();
  });
}

}  // namespace corticast::kernels::cuda
