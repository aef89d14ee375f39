// What is there already under the names of an output: this run's own, finished, or somebody else's.
#pragma once

#include <filesystem>
#include <string>

#include "engine/output/export.h"
#include "engine/output/writer.h"

namespace corticast {

// See already_complete. HDF5.
bool hdf5_complete(const std::filesystem::path& destination, const RunRecord& record,
                   const Request& request);

// The same of files of another format: complete if all of them are there, and sidecars that say
// that they are of this run. working: where its rows grow; if that is complete, what is there was
// left by a conversion that was interrupted, and this one's to replace.
bool conversion_complete(const std::filesystem::path& destination,
                         const std::filesystem::path& working, const RunRecord& record,
                         const Request& request, const ExportOptions& options);

// The manifest of the run whose files these are; "" if they are of none.
std::string converted_manifest(const Request& request, const std::filesystem::path& destination,
                               const ExportOptions& options);

}  // namespace corticast
