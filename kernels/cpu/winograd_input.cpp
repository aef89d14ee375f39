// Compiled once per instruction set. The input transform of one tile, a vector of channels at a
// time. B^T, rows in the order of winograd_kernels.h:
//   1   0  -21/4    0    21/4    0   -1  0
//   0   1    1   -17/4  -17/4    1    1  0
//   0  -1    1    17/4  -17/4   -1    1  0
//   0  1/2  1/4   -5/2   -5/4    2    1  0
//   0 -1/2  1/4    5/2   -5/4   -2    1  0
//   0   2    4    -5/2    -5    1/2   1  0
//   0  -2    4     5/2    -5   -1/2   1  0
//   0  -1    0    21/4     0   -21/4  0  1
#include "kernels/cpu/tile.h"
#include "kernels/cpu/winograd_kernels.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

constexpr std::size_t kSide = kWinogradSide;

// Built from differences of neighbours, so that a constant leaves exactly zero everywhere but at
// the point 1 (and -1, which cancels to zero, too): nearly uniform photographs keep their
// precision.
inline void transform(const Vector (&d)[kSide], Vector (&out)[kSide]) {
  const Vector even = d[2] - d[4];
  const Vector even_end = d[6] - d[4];
  const Vector odd = d[1] - d[3];
  const Vector odd_end = d[5] - d[3];
  out[0] = (d[0] - d[6]) - 5.25f * even;
  out[7] = (d[7] - d[1]) - 5.25f * odd_end;
  const Vector even1 = (even + even_end) - 2.25f * d[4];
  const Vector odd1 = (odd + odd_end) - 2.25f * d[3];
  out[1] = even1 + odd1;
  out[2] = even1 - odd1;
  const Vector even2 = even_end + 0.25f * even;
  const Vector odd2 = odd + 4.0f * odd_end;  // twice the odd part
  out[3] = even2 + 0.5f * odd2;
  out[4] = even2 - 0.5f * odd2;
  const Vector even3 = even_end + 4.0f * even;
  const Vector odd3 = odd_end + 4.0f * odd;
  out[5] = even3 + 0.5f * odd3;
  out[6] = even3 - 0.5f * odd3;
}

// Channels transformed side by side, so that each of the 64 places that are read and of the 64 that
// are written is used for four cache lines in a row, and the four behind them are asked for: the
// hardware does not foresee as many. A third of this transform's time.
constexpr std::size_t kAhead = 64;
constexpr std::size_t kGroup = kAhead / kLanes;

// x: pixel (i, j) at x + i * row_stride + j * pixel_stride.
template <std::size_t kWide>
inline void transform_tile(const float* x, std::size_t row_stride, std::size_t pixel_stride,
                           float* v, std::size_t v_stride) {
  Vector half[kSide][kWide][kSide];  // [column][vector][row]
  for (std::size_t i = 0; i < kSide; ++i) {
    for (std::size_t g = 0; g < kWide; ++g) {
      Vector d[kSide];
      Vector out[kSide];
      for (std::size_t j = 0; j < kSide; ++j) {
        const float* from = x + i * row_stride + j * pixel_stride + g * kLanes;
        d[j] = load(from);
        if constexpr (kWide > 1) __builtin_prefetch(from + kAhead);
      }
      transform(d, out);
      for (std::size_t j = 0; j < kSide; ++j) half[j][g][i] = out[j];
    }
  }
  for (std::size_t j = 0; j < kSide; ++j) {
    for (std::size_t g = 0; g < kWide; ++g) {
      Vector out[kSide];
      transform(half[j][g], out);
      for (std::size_t i = 0; i < kSide; ++i) {
        float* to = v + (i * kSide + j) * v_stride + g * kLanes;
        store(to, out[i]);
        if constexpr (kWide > 1) __builtin_prefetch(to + kAhead, 1);
      }
    }
  }
}

// A vector of channels of a tile that leaves the image or the channels, filled up with zeros.
void stage(const WinogradInput& input, std::size_t first, float* staged) {
  const std::size_t left = input.channels - first;
  const std::size_t used = left < kLanes ? left : kLanes;
  for (std::size_t i = 0; i < kSide; ++i) {
    for (std::size_t j = 0; j < kSide; ++j) {
      const std::ptrdiff_t row = input.top + static_cast<std::ptrdiff_t>(i);
      const std::ptrdiff_t column = input.left + static_cast<std::ptrdiff_t>(j);
      const bool inside = row >= 0 && row < input.height && column >= 0 && column < input.width;
      const std::size_t count = inside ? used : 0;
      float* out = staged + (i * kSide + j) * kLanes;
      const float* pixel = input.x + first;
      if (inside) pixel += static_cast<std::size_t>(row * input.width + column) * input.channels;
      for (std::size_t k = 0; k < kLanes; ++k) out[k] = k < count ? pixel[k] : 0.0f;
    }
  }
}

}  // namespace

void winograd_input(const WinogradInput& input) {
  constexpr auto kEnd = static_cast<std::ptrdiff_t>(kSide);
  const bool inside = input.top >= 0 && input.left >= 0 && input.top + kEnd <= input.height &&
                      input.left + kEnd <= input.width;
  const std::size_t row_stride = static_cast<std::size_t>(input.width) * input.channels;
  const std::ptrdiff_t pixel = input.top * input.width + input.left;
  const float* tile = inside ? input.x + static_cast<std::size_t>(pixel) * input.channels : nullptr;
  std::size_t c = 0;
  for (; inside && c + kGroup * kLanes <= input.channels; c += kGroup * kLanes) {
    transform_tile<kGroup>(tile + c, row_stride, input.channels, input.v + c, input.v_stride);
  }
  for (; inside && c + kLanes <= input.channels; c += kLanes) {
    transform_tile<1>(tile + c, row_stride, input.channels, input.v + c, input.v_stride);
  }
  for (; c < input.channels; c += kLanes) {
    float staged[kWinogradPoints * kLanes];
    stage(input, c, staged);
    transform_tile<1>(staged, kSide * kLanes, kLanes, input.v + c, input.v_stride);
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
