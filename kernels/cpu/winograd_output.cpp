// Compiled once per instruction set. The output transform of one tile and panel, with bias, ReLU
// and the average pool. A^T, columns in the order of winograd_kernels.h; row i holds the points'
// i-th powers, and infinity has a one in the last row only:
//   1  1   1   1    1    1      1     0
//   0  1  -1   2   -2   1/2   -1/2    0
//   0  1   1   4    4   1/4    1/4    0
//   ...
#include "kernels/cpu/tile.h"
#include "kernels/cpu/winograd_kernels.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

constexpr std::size_t kSide = kWinogradSide;

template <std::size_t kOut>
inline void transform(const Vector (&m)[kSide], Vector (&out)[kOut]) {
  const Vector sum1 = m[1] + m[2], difference1 = m[1] - m[2];
  const Vector sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  const Vector sum3 = m[5] + m[6], difference3 = m[5] - m[6];
  out[0] = (m[0] + sum1) + (sum2 + sum3);
  out[1] = difference1 + 2.0f * difference2 + 0.5f * difference3;
  out[2] = sum1 + 4.0f * sum2 + 0.25f * sum3;
  out[3] = difference1 + 8.0f * difference2 + 0.125f * difference3;
  if constexpr (kOut == 6) {
    out[4] = sum1 + 16.0f * sum2 + 0.0625f * sum3;
    out[5] = difference1 + 32.0f * difference2 + 0.03125f * difference3;
  }
  out[kOut - 1] += m[7];
}

// One vector of channels: y = relu(A^T m A + bias).
template <std::size_t kOut>
inline void transform_tile(const float* m, std::size_t m_stride, const Vector& bias,
                           Vector (&y)[kOut][kOut]) {
  Vector half[kOut][kSide];
  for (std::size_t j = 0; j < kSide; ++j) {
    Vector column[kSide];
    Vector out[kOut];
    for (std::size_t i = 0; i < kSide; ++i) {
      const float* from = m + (i * kSide + j) * m_stride;
      column[i] = load(from);
      __builtin_prefetch(from + kWinogradPanel);  // the next tile
    }
    transform(column, out);
    for (std::size_t i = 0; i < kOut; ++i) half[i][j] = out[i];
  }
  for (std::size_t i = 0; i < kOut; ++i) {
    transform(half[i], y[i]);
    for (std::size_t j = 0; j < kOut; ++j) {
      const Vector value = y[i][j] + bias;
      y[i][j] = value > Vector{} ? value : Vector{};
    }
  }
}

inline void store_channels(const Vector& value, std::size_t channels, float* y) {
  if (channels >= kLanes) {
    store(y, value);
  } else {
    for (std::size_t k = 0; k < channels; ++k) y[k] = value[k];
  }
}

template <std::size_t kOut>
void output(const WinogradOutput& o) {
  for (std::size_t c = 0; c < o.channels; c += kLanes) {
    Vector y[kOut][kOut];
    transform_tile(o.m + c, o.m_stride, load(o.bias + c), y);
    for (std::size_t i = 0; i < o.rows; ++i) {
      for (std::size_t j = 0; j < o.columns; ++j) {
        float* out = o.y + i * o.row_stride + j * o.pixel_stride + c;
        __builtin_prefetch(out + o.columns * o.pixel_stride, 1);  // the next tile
        if (o.halve) {
          const Vector top = y[2 * i][2 * j] + y[2 * i][2 * j + 1];
          const Vector bottom = y[2 * i + 1][2 * j] + y[2 * i + 1][2 * j + 1];
          store_channels(0.25f * (top + bottom), o.channels - c, out);
        } else {
          store_channels(y[i][j], o.channels - c, out);
        }
      }
    }
  }
}

}  // namespace

void winograd_output(const WinogradOutput& o) {
  if (o.kernel == 3) {
    output<6>(o);
  } else {
    output<4>(o);
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
