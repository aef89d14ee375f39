#include "kernels/resize.h"

#include <algorithm>
#include <cmath>

namespace corticast::kernels::reference {
namespace {

constexpr std::int64_t kOne = 1 << 22;

// Sample o of `outputs` on an axis of n samples, the first at x, the others `stride` apart.
std::uint8_t sample(const std::uint8_t* x, std::size_t stride, std::uint32_t n, std::uint32_t o,
                    std::uint32_t outputs) {
  const double scale = static_cast<double>(n) / outputs;
  const double radius = scale > 1 ? scale : 1;
  const double centre = (o + 0.5) * scale;
  const auto begin = static_cast<std::int64_t>(std::floor(std::max(0.0, centre - radius + 0.5)));
  const auto end = std::min(static_cast<std::int64_t>(std::floor(centre + radius + 0.5)),
                            static_cast<std::int64_t>(n));
  const auto height = [&](std::int64_t i) {
    const double inverse = 1.0 / radius;
    return std::max(0.0, 1.0 - std::abs((static_cast<double>(i) - centre + 0.5) * inverse));
  };
  double area = 0;
  for (std::int64_t i = begin; i < end; ++i) area += height(i);
  std::int64_t sum = kOne / 2;
  for (std::int64_t i = begin; i < end; ++i) {
    const auto weight = static_cast<std::int64_t>(std::floor(height(i) / area * kOne + 0.5));
    sum += weight * x[static_cast<std::size_t>(i) * stride];
  }
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum / kOne, 0, 255));
}

}  // namespace

void resize(const std::uint8_t* x, std::uint32_t side, std::uint32_t outputs, std::uint8_t* y) {
  std::vector<std::uint8_t> narrow(std::size_t{3} * side * outputs);
  for (std::size_t row = 0; row < side; ++row) {
    for (std::uint32_t o = 0; o < outputs; ++o) {
      for (std::size_t c = 0; c < 3; ++c) {
        narrow[3 * (row * outputs + o) + c] = sample(x + 3 * row * side + c, 3, side, o, outputs);
      }
    }
  }
  const std::size_t stride = std::size_t{3} * outputs;
  for (std::uint32_t o = 0; o < outputs; ++o) {
    for (std::size_t b = 0; b < stride; ++b) {
      y[o * stride + b] = sample(narrow.data() + b, stride, side, o, outputs);
    }
  }
}

}  // namespace corticast::kernels::reference
