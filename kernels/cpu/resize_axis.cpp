#include <algorithm>
#include <cmath>

#include "kernels/resize.h"

namespace corticast::kernels {

// Every operation is double and rounded by itself, so this file is compiled without contraction.
ResizeAxis resize_axis(std::uint32_t inputs, std::uint32_t outputs) {
  const double scale = static_cast<double>(inputs) / static_cast<double>(outputs);
  const double support = std::max(scale, 1.0);
  const double reciprocal = 1.0 / support;
  ResizeAxis axis;
  axis.inputs = inputs;
  axis.widest = static_cast<std::size_t>(std::ceil(support)) * 2 + 1;
  axis.first.resize(outputs);
  axis.count.resize(outputs);
  axis.weights.resize(outputs * axis.widest);
  std::vector<double> share(axis.widest);
  // Pillow truncates after adding one half; another rounding would give other pixels.
  // NOLINTBEGIN(bugprone-incorrect-roundings)
  for (std::size_t o = 0; o < outputs; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) * scale;
    const auto low = static_cast<std::int64_t>(centre - support + 0.5);
    const auto high = static_cast<std::int64_t>(centre + support + 0.5);
    const auto first = static_cast<std::uint32_t>(std::max<std::int64_t>(low, 0));
    const auto last = static_cast<std::uint32_t>(std::min<std::int64_t>(high, inputs));
    double total = 0;
    for (std::uint32_t i = first; i < last; ++i) {
      const double distance = std::abs((i - centre + 0.5) * reciprocal);
      share[i - first] = distance < 1.0 ? 1.0 - distance : 0.0;
      total += share[i - first];
    }
    axis.first[o] = first;
    axis.count[o] = last - first;
    for (std::uint32_t i = 0; i < last - first; ++i) {
      const double weight = share[i] / total;
      axis.weights[o * axis.widest + i] = static_cast<std::int32_t>(0.5 + weight * (1 << 22));
    }
  }
  // NOLINTEND(bugprone-incorrect-roundings)
  return axis;
}

}  // namespace corticast::kernels
