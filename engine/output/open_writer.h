// The door to the output formats: which one a file name asks for, and whether the work is done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/output/formats.h"
#include "engine/output/writer.h"

namespace corticast {

// What a run writes beside the default.
struct OutputOptions {
  OutputFormat format = OutputFormat::kHdf5;
  float fill = std::numeric_limits<float>::quiet_NaN();  // of the other formats: MapWriteOptions
};

// Throws Error{kUsage} unless the file name ends in .h5 or .hdf5.
void check_output_name(const std::filesystem::path& destination);

// Where rows grow, with ".part" behind it: `destination` itself, or a file beside it from which
// another format is made when all rows are there ("out.dscalar.nii.h5").
std::filesystem::path working_file(const std::filesystem::path& destination, OutputFormat format);

// The files that the run leaves, in order.
std::vector<std::filesystem::path> output_files(const std::filesystem::path& destination,
                                                const RunRecord& record, const Request& request,
                                                const OutputOptions& options = {});

// True if `destination` is the finished output of this very run. False if nothing is there, or what
// the run itself left of another format when it was interrupted. Throws Error{kOutput} saying what
// differs if something else is. Call only where that may not be overwritten.
bool already_complete(const std::filesystem::path& destination, const RunRecord& record,
                      const Request& request, const OutputOptions& options = {});

// The batch size of the run whose output, finished or not, has this name; nullopt if there is none.
std::optional<std::size_t> batch_of_earlier_output(const std::filesystem::path& destination,
                                                   const Request& request,
                                                   const OutputOptions& options = {});

// Bytes that the run needs on the disk: the finished output's, within a per mille (GIFTI: at most),
// and of another format those of the working file, which goes when it is done.
struct OutputBytes {
  std::uint64_t output = 0;
  std::uint64_t working = 0;
};
OutputBytes output_bytes(const std::filesystem::path& destination, const RunRecord& record,
                         const Request& request, const OutputOptions& options = {});

// See open_hdf5_writer and open_converting_writer.
std::unique_ptr<ResponseWriter> open_writer(const std::filesystem::path& destination,
                                            const RunRecord& record, const Request& request,
                                            bool replace, std::vector<std::string>* notes,
                                            const OutputOptions& options = {});

}  // namespace corticast
