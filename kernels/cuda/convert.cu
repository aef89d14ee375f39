// Weights on their way to the device's format, once per program.
#include <algorithm>

#include "kernels/cuda/counter.cuh"
#include "kernels/cuda/element.cuh"
#include "kernels/cuda/kernels.h"
#include "kernels/cuda/rounding.cuh"

namespace corticast::kernels::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;

// A warp converts kSteps * 32 * kValues columns of one row, all loaded before the first is stored.
// kValues: 4, for widths that are a multiple of 4, or 2 and the row is loaded one by one.
constexpr int kSteps = 4;

template <typename T, int kValues>
__global__ void __launch_bounds__(kThreads)
    round_rows(const float* __restrict__ x, std::size_t rows, std::size_t width, std::size_t padded,
               unsigned blocks_per_stretch, T* __restrict__ y, unsigned long long* overflows) {
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const unsigned stretch = blockIdx.x / blocks_per_stretch;
  const std::size_t row = std::size_t{blockIdx.x - stretch * blocks_per_stretch} * kWarps + warp;
  const std::size_t first = std::size_t{stretch} * kSteps * 32 * kValues + lane * kValues;
  unsigned lost = 0;
  if (row < rows) {
    const float* from = x + row * width + first;
    T* to = y + row * padded + first;
    float values[kSteps][kValues] = {};
#pragma unroll
    for (int step = 0; step < kSteps; ++step) {
      const std::size_t column = first + step * 32 * kValues;
      if constexpr (kValues == 4) {
        if (column < width) {
          Piece<float> piece;
          piece.load(from + step * 32 * kValues);
          piece.unpack(values[step]);
        }
      } else {
#pragma unroll
        for (int i = 0; i < kValues; ++i) {
          if (column + i < width) values[step][i] = from[step * 32 * kValues + i];
        }
      }
    }
#pragma unroll
    for (int step = 0; step < kSteps; ++step) {
      const std::size_t column = first + step * 32 * kValues;
      if (column < padded) {
        rounded<T, kValues>(values[step], lost).store(to + step * 32 * kValues);
      }
    }
  }
  add_to_counter<static_cast<unsigned>(kSteps * kValues)>(lost, overflows);
}

template <typename T, int kValues>
cudaError_t launch_rows(const float* x, std::size_t rows, std::size_t width, std::size_t padded,
                        T* y, unsigned long long* overflows, cudaStream_t stream) {
  constexpr std::size_t kStretch = std::size_t{kSteps} * 32 * kValues;
  const std::size_t per_stretch = (rows + kWarps - 1) / kWarps;
  const std::size_t blocks = per_stretch * ((padded + kStretch - 1) / kStretch);
  round_rows<T, kValues><<<static_cast<unsigned>(blocks), kThreads, 0, stream>>>(
      x, rows, width, padded, static_cast<unsigned>(per_stretch), y, overflows);
  return cudaGetLastError();
}

constexpr int kTileChannels = 64;
constexpr int kTileTaps = 49;  // of a filter at once: all of a 7x7 one

// A block turns round kTileChannels channels of one filter: in memory they are
// [channel][tap] before and [tap][channel] after, in shared memory [tap][channel].
template <typename T>
__global__ void __launch_bounds__(kThreads)
    turn_filters(const float* __restrict__ x, int in_channels, int taps, int padded,
                 T* __restrict__ y, unsigned long long* overflows) {
  constexpr int kValues = kPerPiece<T>;
  __shared__ float tile[kTileTaps][kTileChannels + 1];  // the extra one avoids bank conflicts
  const int first_channel = static_cast<int>(blockIdx.x) * kTileChannels;
  const int present = max(0, min(kTileChannels, in_channels - first_channel));
  const int pieces = min(kTileChannels, padded - first_channel) / kValues;
  const float* from = x + (std::size_t{blockIdx.y} * in_channels + first_channel) * taps;
  T* to = y + std::size_t{blockIdx.y} * taps * padded + first_channel;
  for (int first = 0; first < taps; first += kTileTaps) {
    const int count = min(kTileTaps, taps - first);
    for (int i = static_cast<int>(threadIdx.x); i < kTileChannels * count; i += kThreads) {
      const int channel = i / count;
      const int tap = i - channel * count;
      tile[tap][channel] = channel < present ? from[channel * taps + first + tap] : 0.0f;
    }
    __syncthreads();
    unsigned lost = 0;
    for (int i = static_cast<int>(threadIdx.x); i < pieces * count; i += kThreads) {
      const int tap = i / pieces;
      const int channel = (i - tap * pieces) * kValues;
      float values[kValues];
#pragma unroll
      for (int v = 0; v < kValues; ++v) values[v] = tile[tap][channel + v];
      rounded<T, kValues>(values, lost)
          .store(to + static_cast<std::size_t>(first + tap) * padded + channel);
    }
    // Also the barrier before the tile is filled anew.
    add_to_counter<static_cast<unsigned>(kTileTaps * kTileChannels / kThreads + kValues)>(
        lost, overflows);
  }
}

}  // namespace

cudaError_t convert_rows(const float* x, std::size_t rows, std::size_t width, std::size_t padded,
                         Element element, void* y, unsigned long long* overflows,
                         cudaStream_t stream) {
  return with_type_of(element, [&](auto zero) {
    using T = decltype(zero);
    if (width % 4 == 0) {
      return launch_rows<T, 4>(x, rows, width, padded, static_cast<T*>(y), overflows, stream);
    }
    return launch_rows<T, 2>(x, rows, width, padded, static_cast<T*>(y), overflows, stream);
  });
}

cudaError_t convert_filters(const float* x, int out_channels, int in_channels, int kernel,
                            int padded, Element element, void* y, unsigned long long* overflows,
                            cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>((padded + kTileChannels - 1) / kTileChannels),
                  static_cast<unsigned>(out_channels));
  return with_type_of(element, [&](auto zero) {
    using T = decltype(zero);
    turn_filters<T><<<grid, kThreads, 0, stream>>>(x, in_channels, kernel * kernel, padded,
                                                   static_cast<T*>(y), overflows);
    return cudaGetLastError();
  });
}

}  // namespace corticast::kernels::cuda
