// Maps as a NumPy array.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "engine/maps/maps.h"
#include "engine/maps/write_maps.h"

namespace corticast {

// float32 [maps, columns], one file. See write_maps and read_maps for the rest.
std::vector<std::filesystem::path> write_npy_maps(const Maps& maps,
                                                  const std::filesystem::path& destination,
                                                  const MapWriteOptions& options);
std::unique_ptr<Maps> read_npy_maps(const std::filesystem::path& path);

}  // namespace corticast
