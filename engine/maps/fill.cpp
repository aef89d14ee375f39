#include "engine/maps/fill.h"

#include <algorithm>
#include <cmath>

namespace corticast {

void fill_missing(std::span<float> values, float fill) {
  const auto missing = [](float value) { return std::isnan(value); };
  if (std::isnan(fill) || std::all_of(values.begin(), values.end(), missing)) return;
  std::replace_if(values.begin(), values.end(), missing, fill);
}

}  // namespace corticast
