// A finished output, or some of it, in another program's format.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/maps/write_maps.h"
#include "engine/output/response_file.h"

namespace corticast {

struct ExportOptions {
  MapFormat format = MapFormat::kCifti;
  std::vector<std::size_t> targets;  // indices into layout().targets; empty: all
  std::vector<std::size_t> rows;     // images; empty: all
  // BIDS-derivative names in the folder `destination` instead of names made of it, and its
  // dataset_description.json.
  bool bids = false;
  bool sidecar = true;
  MapWriteOptions maps;  // provenance is filled in
};

// Formats hold one subject per file: with several subjects each file's name has the subject before
// its ending ("out_sub-NSD01.dscalar.nii"). Returns the files written, in order. Throws as
// write_maps and ResponseFile do.
std::vector<std::filesystem::path> export_responses(const ResponseFile& file,
                                                    const std::filesystem::path& destination,
                                                    const ExportOptions& options);

}  // namespace corticast
