// What the XML of a CIFTI-2 file says of its matrix, https://www.nitrc.org/projects/cifti.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/maps/xml.h"

namespace corticast {

struct CiftiMatrix {
  bool maps_first = true;          // a row of the file is one grayordinate's maps, as we write it
  std::vector<std::string> names;  // of maps; "#0", "#1" for the points of a series
  // Grayordinates ascending and where each lies along its dimension. Vertices of the medial wall
  // have none and are left out.
  std::vector<std::int32_t> grayordinates;
  std::vector<std::uint32_t> indices;
};

// xml: <CIFTI>; sizes: of dimensions 0 and 1, as the header has them. Throws Error{kUsage} naming
// `source`: other versions, mappings other than dense scalars and series, meshes other than fsLR
// 32k, voxels that are none of the 91k space, indices outside a dimension or given twice.
CiftiMatrix read_cifti_matrix(const XmlElement& xml, std::uint64_t size0, std::uint64_t size1,
                              const std::string& source);

}  // namespace corticast
