// Responses in another program's format: they grow in an HDF5 file beside it, from which this run
// can be gone on at any time, and are converted when all of them are there.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/output/export.h"
#include "engine/output/formats.h"
#include "engine/output/writer.h"

namespace corticast {

// All images and subjects of a run, with sidecars, which say whose the files are.
ExportOptions conversion_of(OutputFormat format, float fill);

// working: the HDF5 file; finish() completes it, writes the files of export_files(), and removes
// it. Killed in between, the same run finds it complete and converts it. Throws as open_hdf5_writer
// does; Error{kUsage} for what the format cannot hold. notes must
// outlive it: finish() adds what the files cannot hold of a name.
std::unique_ptr<ResponseWriter> open_converting_writer(const std::filesystem::path& destination,
                                                       const std::filesystem::path& working,
                                                       const RunRecord& record,
                                                       const Request& request,
                                                       const ExportOptions& options, bool replace,
                                                       std::vector<std::string>* notes);

// Bytes of the converted files, within a per mille; of GIFTI, which is compressed, at most.
std::uint64_t converted_bytes(MapFormat format, const RunRecord& record, const Request& request);

}  // namespace corticast
