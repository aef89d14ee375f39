// How a map's name becomes the name of a dataset in MOSAIC's layout. HDF5 takes '/' for a group and
// '.' for the group itself, and its names have to be UTF-8 to be of use in Python.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace corticast {

// '/' and '%' as "%2F" and "%25"; of a name that is no UTF-8 all bytes beyond ASCII the same way;
// "." as "%2E", "" as "%". Different names stay different; decoding percents gives the name back.
std::string mosaic_name(std::string_view name);

// One for each map, all different: where a name comes again, "_rep-1" and so on is appended, as
// MOSAIC's own files count the repetitions of a stimulus (its first has none here).
struct MosaicName {
  std::string dataset;
  unsigned repetition = 0;
};
std::vector<MosaicName> mosaic_names(const std::vector<std::string>& names);

}  // namespace corticast
