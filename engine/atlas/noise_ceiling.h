// Selection by noise ceiling: vertices whose responses can be predicted at all.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/atlas/selection.h"
#include "engine/model/model.h"

namespace corticast {

struct MinNoiseCeiling {
  std::size_t ceiling = 0;  // index into kNoiseCeilings
  double threshold = 0;     // on the scale of the ceilings in the model file
};

// "test_n-avg:0.2". Throws Error{kUsage}.
MinNoiseCeiling parse_min_noise_ceiling(const std::string& text);

// Takes out of `chosen` the columns whose ceiling is below the threshold, NaN or infinite, in any
// of the targets: all targets share one list of columns, so each column that is left is above it in
// every subject of the run. Returns how many of how many are left, one sentence. Throws
// Error{kUsage} for a model without atlas, a subject without this ceiling, or where nothing is
// left.
std::string keep_reliable(ColumnUnion& chosen, const Model& model, std::span<const Target> targets,
                          const std::string& text);

}  // namespace corticast
