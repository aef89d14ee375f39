// Maps as an HDF5 file in MOSAIC's layout: betas/<stimulus>, float32 [91282].
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "engine/maps/maps.h"
#include "engine/maps/write_maps.h"

namespace corticast {

// One file. See write_maps and read_maps for the rest.
std::vector<std::filesystem::path> write_mosaic_maps(const Maps& maps,
                                                     const std::filesystem::path& destination,
                                                     const MapWriteOptions& options);
std::unique_ptr<Maps> read_mosaic_maps(const std::filesystem::path& path);

}  // namespace corticast
