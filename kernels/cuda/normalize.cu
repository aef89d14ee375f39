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

}  // namespace corticast::kernels::cuda
