#include "engine/analysis/unit_patterns.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {
namespace {

void unit_pattern(const float* row, std::span<const std::size_t> chosen, float* out) {
  double sum = 0;
  bool equal = true;
  for (const std::size_t column : chosen) {
    sum += static_cast<double>(row[column]);
    equal = equal && row[column] == row[chosen.front()];
  }
  const double mean = sum / static_cast<double>(chosen.size());
  double squares = 0;
  for (const std::size_t column : chosen) {
    const double deviation = static_cast<double>(row[column]) - mean;
    squares += deviation * deviation;
  }
  if (equal || !std::isfinite(squares) || squares == 0) {
    std::fill_n(out, chosen.size(), std::numeric_limits<float>::quiet_NaN());
    return;
  }
  const double scale = 1 / std::sqrt(squares);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    out[i] = static_cast<float>((static_cast<double>(row[chosen[i]]) - mean) * scale);
  }
}

}  // namespace

bool row_is_empty(std::span<const float> row) {
  return std::none_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); });
}

void FiniteValues::add(const float* values, std::size_t rows) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::span<const float> row(values + r * columns(), columns());
    if (row_is_empty(row)) continue;
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (!std::isfinite(row[c])) missing_[c] = 1;
    }
  }
}

void unit_patterns(const float* values, std::size_t rows, std::size_t columns,
                   std::span<const std::size_t> chosen, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    unit_pattern(values + r * columns, chosen, out + r * chosen.size());
  }
}

}  // namespace corticast
