// Maps from files of other programs, recognised by their content.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/maps/maps.h"

namespace corticast {

// CIFTI-2 dense scalars or series (brain models along one dimension, in any order and of any
// number of structures of the fsLR 32k / 91k space), a .npy of floats or integers [maps, columns]
// or [columns], MOSAIC-layout HDF5 (betas/<stimulus>, [91282]), one GIFTI functional file (its
// hemisphere from AnatomicalStructurePrimary). A .npy of 57,051, 7,831, 59,412 or 91,282 columns
// has the grayordinates of that space; any other number of columns is only numbered. Names: map or
// stimulus names; "#0", "#1" for .npy.
// Throws Error{kUsage} naming the file, what was found and what was expected.
std::unique_ptr<Maps> read_maps(const std::filesystem::path& path);

}  // namespace corticast
