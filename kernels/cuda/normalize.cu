#include "kernels/cuda/element.cuh"
#include "kernels/cuda/kernels.h"

namespace corticast::kernels::cuda {
namespace {

constexpr int kThreads = 256;

// Four pixels a thread: 12 bytes in, one 16-byte store to each of the three planes. Needs pixels to
// be a multiple of 4, which aligns every image and plane.
__global__ void __launch_bounds__(kThreads)
    normalize_four(const std::uint32_t* x, std::size_t quads, const float* table, float* y) {
  __shared__ float values[768];
  for (int i = static_cast<int>(threadIdx.x); i < 768; i += kThreads) values[i] = table[i];
  __syncthreads();
  const std::size_t quad = std::size_t{blockIdx.x} * kThreads + threadIdx.x;
  if (quad >= quads) return;
  const std::uint32_t* in = x + (blockIdx.y * quads + quad) * 3;
  const std::uint32_t words[3] = {in[0], in[1], in[2]};
  float out[3][4];
#pragma unroll
  for (int i = 0; i < 12; ++i) {
    const std::uint32_t byte = (words[i / 4] >> (8 * (i % 4))) & 0xffu;
    out[i % 3][i / 3] = values[(i % 3) * 256 + byte];
  }
#pragma unroll
  for (int c = 0; c < 3; ++c) {
    reinterpret_cast<float4*>(y)[(blockIdx.y * std::size_t{3} + c) * quads + quad] =
        make_float4(out[c][0], out[c][1], out[c][2], out[c][3]);
  }
}

__global__ void __launch_bounds__(kThreads)
    normalize_one(const std::uint8_t* x, std::size_t pixels, const float* table, float* y) {
  const std::size_t pixel = std::size_t{blockIdx.x} * kThreads + threadIdx.x;
  if (pixel >= pixels) return;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::uint8_t byte = x[(blockIdx.y * pixels + pixel) * 3 + c];
    y[(blockIdx.y * std::size_t{3} + c) * pixels + pixel] = table[c * 256 + byte];
  }
}

// A block's pixels, [images, pixels] taken as one row: whole 16-byte pieces of memory. As many
// threads load a piece of it as load a piece of the table.
constexpr int kBlockPixels = 1024;
constexpr int kBlockPieces = kBlockPixels * 3 / 16;
static_assert(kBlockPieces * kPerPiece<float> == 3 * 256 && kBlockPieces <= kThreads);

// The table is rounded once a block; pixels pass through shared memory so that loads and stores of
// a warp are next to each other.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    normalize_channels_last(const std::uint8_t* __restrict__ x, std::size_t pixels,
                            const float* __restrict__ table, T* __restrict__ y) {
  constexpr int kPixelPieces = kInputChannels / kPerPiece<T>;
  __shared__ __align__(16) std::uint8_t bytes[kBlockPixels * 3];
  __shared__ T values[3 * 256];
  const int thread = static_cast<int>(threadIdx.x);
  const std::size_t first = std::size_t{blockIdx.x} * kBlockPixels;
  const int count = static_cast<int>(min(std::size_t{kBlockPixels}, pixels - first));

  if (thread < kBlockPieces) {
    const std::uint8_t* from = x + first * 3 + thread * 16;
    if (thread * 16 + 16 <= count * 3) {
      *reinterpret_cast<uint4*>(bytes + thread * 16) = *reinterpret_cast<const uint4*>(from);
    } else {
#pragma unroll 1
      for (int i = 0; thread * 16 + i < count * 3; ++i) bytes[thread * 16 + i] = from[i];
    }
    const float4 entries = reinterpret_cast<const float4*>(table)[thread];
    T* to = values + thread * 4;
    to[0] = from_float<T>(entries.x);
    to[1] = from_float<T>(entries.y);
    to[2] = from_float<T>(entries.z);
    to[3] = from_float<T>(entries.w);
  }
  __syncthreads();

  T* out = y + first * kInputChannels;
#pragma unroll 4
  for (int i = thread; i < count * kPixelPieces; i += kThreads) {
    float channels[kPerPiece<T>] = {};
    if (i % kPixelPieces == 0) {
      const std::uint8_t* pixel = bytes + i / kPixelPieces * 3;
#pragma unroll
      for (int c = 0; c < 3; ++c) channels[c] = to_float(values[c * 256 + pixel[c]]);
    }
    Piece<T> piece;
    piece.pack(channels);
    piece.store(out + i * kPerPiece<T>);
  }
}

}  // namespace

cudaError_t normalize_pixels(const std::uint8_t* x, std::size_t images, std::size_t pixels,
                             const float* table, float* y, cudaStream_t stream) {
  const bool whole = pixels % 4 == 0;
  const std::size_t items = whole ? pixels / 4 : pixels;
  const dim3 grid(static_cast<unsigned>((items + kThreads - 1) / kThreads),
                  static_cast<unsigned>(images));
  if (whole) {
    normalize_four<<<grid, kThreads, 0, stream>>>(reinterpret_cast<const std::uint32_t*>(x), items,
                                                  table, y);
  } else {
    normalize_one<<<grid, kThreads, 0, stream>>>(x, items, table, y);
  }
  return cudaGetLastError();
}

cudaError_t normalize_pixels_channels_last(const std::uint8_t* x, std::size_t images,
                                           std::size_t pixels, const float* table, Element element,
                                           void* y, cudaStream_t stream) {
  const std::size_t all = images * pixels;
  const auto blocks = static_cast<unsigned>((all + kBlockPixels - 1) / kBlockPixels);
  return with_type_of(element, [&](auto zero) {
    using T = decltype(zero);
    normalize_channels_last<T><<<blocks, kThreads, 0, stream>>>(x, all, table, static_cast<T*>(y));
    return cudaGetLastError();
  });
}

}  // namespace corticast::kernels::cuda
