// A finished output, or some of it, in another program's format.
#pragma once

#include <filesystem>
#include <functional>
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
  // dataset_description.json where it has none (export_names.h).
  bool bids = false;
  bool sidecar = true;
  MapWriteOptions maps;      // provenance is filled in
  std::string command_line;  // of the export, for the sidecar
  // Maps written so far, of all.
  std::function<void(std::size_t done, std::size_t total)> progress;
};

// Throws Error{kUsage} where the columns are nothing that the format can hold: reductions and
// models without atlas go to .npy only.
void check_format_holds(MapFormat format, const Request& layout);

// The files that export_responses() will write, in order.
std::vector<std::filesystem::path> export_files(const Request& layout, std::size_t images,
                                                const std::filesystem::path& destination,
                                                const ExportOptions& options);

// The sidecars beside them, one a subject; none without options.sidecar.
std::vector<std::filesystem::path> export_sidecars(const Request& layout,
                                                   const std::filesystem::path& destination,
                                                   const ExportOptions& options);

// Formats hold one subject per file: with several subjects each file's name has the subject before
// its ending ("out_sub-NSD01.dscalar.nii"). Returns the files written, in order. Nothing is written
// if one of them exists and may not be replaced. Throws as write_maps and ResponseFile do.
std::vector<std::filesystem::path> export_responses(const ResponseFile& file,
                                                    const std::filesystem::path& destination,
                                                    const ExportOptions& options);

}  // namespace corticast
