// Which grayordinate each output column is, by the number of columns.
#pragma once

#include <cstdint>
#include <vector>

namespace corticast::weights {

// The atlas's list for a published number of vertices (57,051 all, 7,831 visual); empty for any
// other number.
std::vector<std::int32_t> grayordinates_for(std::uint32_t vertices);

}  // namespace corticast::weights
