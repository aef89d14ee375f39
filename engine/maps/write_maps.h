// Maps to files that other programs of the field open. One file per format behind this door.
#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "engine/maps/maps.h"

namespace corticast {

enum class MapFormat {
  kNpy,     // float32 [maps, columns]; names and grayordinates in the sidecar
  kCifti,   // CIFTI-2 dense scalars, .dscalar.nii
  kGifti,   // one .func.gii per hemisphere, 32,492 values a map
  kMosaic,  // HDF5: betas/<map name>, float32 [91282], as MOSAIC's loaders read it
};

// What the ending of a file name asks for: .npy, .dscalar.nii, .func.gii; nullptr-like otherwise.
// .h5 and .hdf5 are the program's own layout, or kMosaic where --format mosaic says so.
bool map_format_of(const std::filesystem::path& destination, MapFormat& format);

struct MapWriteOptions {
  // Where a file has a value that the maps have not, and what NaN becomes (fill.h).
  float fill = std::numeric_limits<float>::quiet_NaN();
  bool cortex_only = false;         // CIFTI: 59,412 grayordinates instead of 91,282
  std::size_t maps_per_file = 256;  // CIFTI, GIFTI: further maps go to further files
  bool replace = false;             // overwrite what exists
  // JSON object for the sidecar (file_names.h), merged with what the format itself has to say;
  // empty: no sidecar.
  std::string provenance;
  // What a person should know of the files is appended here: names that a format cannot hold.
  std::vector<std::string>* notes = nullptr;
};

// Writes all maps and returns the files in order, sidecars not among them. With one file that is
// `destination`; further chunks and hemispheres get their mark before the ending: see file_names.h.
// Each file appears only when it is complete. Memory: one chunk of maps. Throws Error{kOutput}
// (exists, disk full), Error{kUsage} for what a format cannot hold: columns without
// grayordinates (all but kNpy), no cortical column (GIFTI).
std::vector<std::filesystem::path> write_maps(const Maps& maps, MapFormat format,
                                              const std::filesystem::path& destination,
                                              const MapWriteOptions& options);

}  // namespace corticast
