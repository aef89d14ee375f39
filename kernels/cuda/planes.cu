#include "kernels/cuda/counter.cuh"
#include "kernels/cuda/element.cuh"
#include "kernels/cuda/kernels.h"
#include "kernels/cuda/rounding.cuh"

namespace corticast::kernels::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kPlanes = 3;

// A piece of a pixel a thread: all three colours are in its first, the others are zeros.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    gather_planes(const float* __restrict__ x, std::size_t pixels, T* __restrict__ y,
                  unsigned long long* overflows) {
  constexpr int kPixelPieces = kInputChannels / kPerPiece<T>;
  static_assert(kPerPiece<T> >= kPlanes);
  const std::size_t piece = std::size_t{blockIdx.x} * kThreads + threadIdx.x;
  const std::size_t pixel = piece / kPixelPieces;
  unsigned lost = 0;
  if (pixel < pixels) {
    float channels[kPerPiece<T>] = {};
    if (piece % kPixelPieces == 0) {
      const float* from = x + std::size_t{blockIdx.y} * kPlanes * pixels + pixel;
#pragma unroll
      for (int c = 0; c < kPlanes; ++c) channels[c] = from[c * pixels];
    }
    T* to = y + std::size_t{blockIdx.y} * pixels * kInputChannels + piece * kPerPiece<T>;
    rounded<T>(channels, lost).store(to);
  }
  if constexpr (sizeof(T) < sizeof(float)) add_to_counter<kPlanes>(lost, overflows);
}

}  // namespace

cudaError_t planes_to_channels_last(const float* x, std::size_t images, std::size_t pixels,
                                    Element element, void* y, unsigned long long* overflows,
                                    cudaStream_t stream) {
  return with_type_of(element, [&](auto zero) {
    using T = decltype(zero);
    const std::size_t pieces = pixels * (kInputChannels / kPerPiece<T>);
    const dim3 grid(static_cast<unsigned>((pieces + kThreads - 1) / kThreads),
                    static_cast<unsigned>(images));
    gather_planes<T><<<grid, kThreads, 0, stream>>>(x, pixels, static_cast<T*>(y), overflows);
    return cudaGetLastError();
  });
}

}  // namespace corticast::kernels::cuda
