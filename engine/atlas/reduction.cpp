#include "engine/atlas/reduction.h"

#include <algorithm>

namespace corticast {

std::vector<std::int32_t> vertex_counts(const Reduction& reduction) {
  std::vector<std::int32_t> counts(reduction.outputs());
  for (std::size_t output = 0; output < counts.size(); ++output) {
    const double* const first = reduction.weight.data() + reduction.begin[output];
    const double* const last = reduction.weight.data() + reduction.begin[output + 1];
    counts[output] = static_cast<std::int32_t>(
        std::count_if(first, last, [](double weight) { return weight != 0; }));
  }
  return counts;
}

std::vector<std::uint32_t> outputs_with_terms(const Reduction& reduction) {
  std::vector<std::uint32_t> outputs;
  outputs.reserve(reduction.outputs());
  for (std::size_t output = 0; output < reduction.outputs(); ++output) {
    if (reduction.begin[output + 1] > reduction.begin[output]) {
      outputs.push_back(static_cast<std::uint32_t>(output));
    }
  }
  return outputs;
}

}  // namespace corticast
