#include "kernels/functionals.h"

#include <algorithm>
#include <limits>

namespace corticast::kernels::cpu {
namespace {

// Images that pass over the terms together: a user's matrix may be larger than all responses.
constexpr std::size_t kTogether = 8;

// Multiplications below which waking other threads costs more than they save.
constexpr std::size_t kWorthThreads = 1 << 20;

}  // namespace

void apply_functionals(const Functionals& functionals, const float* responses, std::size_t stride,
                       std::size_t images, float* y, std::size_t y_stride) {
  const std::size_t outputs = functionals.outputs();
  [[maybe_unused]] const bool several = functionals.terms() * images >= kWorthThreads;
#pragma omp parallel for schedule(dynamic) if (several)
  for (std::size_t o = 0; o < outputs; ++o) {
    const std::size_t begin = functionals.begin[o];
    const std::size_t end = functionals.begin[o + 1];
    for (std::size_t first = 0; first < images; first += kTogether) {
      const std::size_t count = std::min(kTogether, images - first);
      double sums[kTogether] = {};
      for (std::size_t k = begin; k < end; ++k) {
        const float* response = responses + first * stride + functionals.row[k];
        for (std::size_t n = 0; n < count; ++n) {
          sums[n] += functionals.weight[k] * static_cast<double>(response[n * stride]);
        }
      }
      for (std::size_t n = 0; n < count; ++n) {
        y[(first + n) * y_stride + o] =
            begin == end ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(sums[n]);
      }
    }
  }
}

}  // namespace corticast::kernels::cpu
