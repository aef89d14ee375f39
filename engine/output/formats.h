// The formats in which responses are written, and which one a file name asks for.
#pragma once

#include <filesystem>
#include <string>

#include "engine/maps/write_maps.h"

namespace corticast {

enum class OutputFormat {
  kHdf5,  // the program's own layout: hdf5_writer.h
  kNpy,
  kCifti,
  kGifti,
  kMosaic,
};

// By the ending of `destination`; `word` forces one: hdf5, npy, cifti, gifti, mosaic ("": none).
// Throws Error{kUsage} for an unknown word or ending, or where the two do not go together.
OutputFormat output_format(const std::filesystem::path& destination, const std::string& word);

// The format that a word of output_format() names. Throws Error{kUsage}.
OutputFormat parse_output_format(const std::string& word);

// How write_maps calls it; Error{kInternal} for kHdf5.
MapFormat map_format(OutputFormat format);

// "nan" and "0". Throws Error{kUsage}.
float parse_fill(const std::string& word);

}  // namespace corticast
