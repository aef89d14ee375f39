#include "weights_tool/vertex_columns.h"

#include "engine/atlas/vertices.h"

namespace corticast::weights {

std::vector<std::int32_t> grayordinates_for(std::uint32_t vertices) {
  for (const VertexSet set : {VertexSet::kAll, VertexSet::kVisual}) {
    if (vertex_list(set).size() == vertices) return vertex_list(set);
  }
  return {};
}

}  // namespace corticast::weights
