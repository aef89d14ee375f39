// Maps as CIFTI-2 files of dense scalars.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "engine/maps/maps.h"
#include "engine/maps/write_maps.h"

namespace corticast {

// options.maps_per_file maps a file. See write_maps and read_maps for the rest.
std::vector<std::filesystem::path> write_cifti_maps(const Maps& maps,
                                                    const std::filesystem::path& destination,
                                                    const MapWriteOptions& options);
// Dense scalars or series, either byte order, either dimension dense. Memory: indices; values are
// read from the mapped file where they are asked for.
std::unique_ptr<Maps> read_cifti_maps(const std::filesystem::path& path);

}  // namespace corticast
