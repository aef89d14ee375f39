// Tells whether an existing HDF5 file came from the same run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace corticast {

// The manifest stored in a finished file; nullopt if it is not one of ours.
std::optional<std::string> read_hdf5_manifest(const std::filesystem::path& file);

}  // namespace corticast
