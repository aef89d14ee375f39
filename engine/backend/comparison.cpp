#include "engine/backend/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {

std::vector<std::size_t> sample_indices(std::size_t total, std::size_t samples) {
  std::vector<std::size_t> indices;
  if (total <= samples) {
    for (std::size_t i = 0; i < total; ++i) indices.push_back(i);
    return indices;
  }
  if (samples == 0) return indices;
  indices = {0, total - 1};
  // Multiples of the golden ratio fall evenly into any interval, in step with no period of it.
  constexpr double kGolden = 0.61803398874989485;
  for (std::size_t k = 2; k < samples; ++k) {
    const double place = std::fmod(static_cast<double>(k) * kGolden, 1.0);
    indices.push_back(static_cast<std::size_t>(place * static_cast<double>(total)));
  }
  std::ranges::sort(indices);
  const auto repeated = std::ranges::unique(indices);
  indices.erase(repeated.begin(), repeated.end());
  return indices;
}

void Comparison::add(double got, double expected) {
  ++values_;
  if (std::isnan(got) && std::isnan(expected)) return;
  if (!std::isfinite(got) || !std::isfinite(expected)) {
    not_finite_ = true;
    return;
  }
  const double difference = std::abs(got - expected);
  squared_difference_ += difference * difference;
  squared_reference_ += expected * expected;
  largest_difference_ = std::max(largest_difference_, difference);
  largest_reference_ = std::max(largest_reference_, std::abs(expected));
}

StepCheck Comparison::result(const std::string& step, double bound) const {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  // Where the reference is all zeros, only zeros are right.
  const auto relative = [this](double difference, double reference) {
    if (not_finite_) return kNaN;
    if (difference == 0) return 0.0;
    return reference > 0 ? difference / reference : std::numeric_limits<double>::infinity();
  };
  return {step, values_, std::sqrt(relative(squared_difference_, squared_reference_)),
          relative(largest_difference_, largest_reference_), bound};
}

}  // namespace corticast
