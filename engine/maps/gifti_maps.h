// Maps as GIFTI functional files.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "engine/maps/maps.h"
#include "engine/maps/write_maps.h"

namespace corticast {

// A file for each hemisphere that has a column, chunk by chunk, options.maps_per_file maps a file.
// See write_maps and read_maps for the rest.
std::vector<std::filesystem::path> write_gifti_maps(const Maps& maps,
                                                    const std::filesystem::path& destination,
                                                    const MapWriteOptions& options);
// All data arrays of one hemisphere, at the vertices that are grayordinates. In memory.
std::unique_ptr<Maps> read_gifti_maps(const std::filesystem::path& path);

}  // namespace corticast
