// Means over the selected vertices of each area or Glasser group, as a Reduction.
#pragma once

#include <cstdint>
#include <span>

#include "engine/atlas/reduction.h"
#include "engine/atlas/selection.h"

namespace corticast {

enum class AreaUnit { kRoi, kGroup };

// One output for each area (or group of areas) that `chosen` asks for or touches, in label (group)
// order, named "L_V1" ("GlasserGroup_5"): the mean over its chosen columns, each of weight 1/n.
// Where no column is left the output has no terms. grayordinates: of each column of the model.
ReducedRows area_means(AreaUnit unit, const ColumnUnion& chosen,
                       std::span<const std::int32_t> grayordinates);

}  // namespace corticast
