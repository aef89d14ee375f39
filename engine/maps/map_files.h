// Maps spread over files: chunks, their names, and what must not be there yet.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/base/row_range.h"
#include "engine/maps/file_names.h"

namespace corticast {

struct MapChunk {
  RowRange maps;
  std::size_t number = 0;  // from 1; 0: all maps are in one file
};

// `maps` maps, at most `per_file` (1 at least) in each.
std::vector<MapChunk> map_chunks(std::size_t maps, std::size_t per_file);

// Throws Error{kOutput} for the first file that is there already, unless `replace`, and for a name
// that is a folder's in any case.
void refuse_existing(const std::vector<std::filesystem::path>& files, bool replace);

}  // namespace corticast
