// Compiled once per instruction set. The filter transform of one panel, in double precision. Row j
// of G holds the powers of the point p, divided by row j of B^T as a polynomial at p; infinity has
// a one in its last column only. For 3x3:
//     1       0      0
//   -2/9    -2/9   -2/9
//   -2/9     2/9   -2/9
//    1/90    2/90   4/90
//    1/90   -2/90   4/90
//   32/45   16/45   8/45
//   32/45  -16/45   8/45
//     0       0      1
#include "kernels/cpu/tile.h"
#include "kernels/cpu/winograd_kernels.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

namespace {

constexpr std::size_t kSide = kWinogradSide;
constexpr std::size_t kHalf = kLanes / 2;

typedef float Narrow __attribute__((vector_size(kHalf * sizeof(float)), aligned(4), may_alias));
typedef double Wide __attribute__((vector_size(kHalf * sizeof(double))));

// The even and odd powers of a point and of its negative, scaled.
template <std::size_t kKernel>
inline void at_points(const Wide (&g)[kKernel], double point, double scale, Wide& plus,
                      Wide& minus) {
  const double square = point * point;
  Wide even = g[2];
  Wide odd = g[1];
  if constexpr (kKernel == 5) {
    even += square * g[4];
    odd += square * g[3];
  }
  even = g[0] + square * even;
  even *= scale;
  odd *= scale * point;
  plus = even + odd;
  minus = even - odd;
}

template <std::size_t kKernel>
inline void transform(const Wide (&g)[kKernel], Wide (&out)[kSide]) {
  out[0] = g[0];
  at_points(g, 1.0, -2.0 / 9, out[1], out[2]);
  at_points(g, 2.0, 1.0 / 90, out[3], out[4]);
  at_points(g, 0.5, 32.0 / 45, out[5], out[6]);
  out[7] = g[kKernel - 1];
}

template <std::size_t kKernel>
void filter(const WinogradFilter& f) {
  constexpr std::size_t kTaps = kKernel * kKernel;
  float taps[kTaps][kWinogradPanel] = {};
  for (std::size_t c = 0; c < f.channels; ++c) {
    for (std::size_t o = 0; o < f.outputs; ++o) {
      const float* weight = f.weight + (o * f.channels + c) * kTaps;
      for (std::size_t tap = 0; tap < kTaps; ++tap) taps[tap][o] = weight[tap];
    }
    for (std::size_t o = 0; o < kWinogradPanel; o += kHalf) {
      Wide half[kSide][kKernel];  // [column][row]
      for (std::size_t i = 0; i < kKernel; ++i) {
        Wide g[kKernel];
        Wide out[kSide];
        for (std::size_t j = 0; j < kKernel; ++j) {
          const void* from = &taps[i * kKernel + j][o];
          g[j] = __builtin_convertvector(*static_cast<const Narrow*>(from), Wide);
        }
        transform(g, out);
        for (std::size_t j = 0; j < kSide; ++j) half[j][i] = out[j];
      }
      for (std::size_t j = 0; j < kSide; ++j) {
        Wide out[kSide];
        transform(half[j], out);
        for (std::size_t i = 0; i < kSide; ++i) {
          void* to = f.u + ((i * kSide + j) * f.channels + c) * kWinogradPanel + o;
          *static_cast<Narrow*>(to) = __builtin_convertvector(out[i], Narrow);
        }
      }
    }
  }
}

}  // namespace

void winograd_filter(const WinogradFilter& f) {
  if (f.kernel == 3) {
    filter<3>(f);
  } else {
    filter<5>(f);
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
