// The door to the output formats: which one a file name asks for, and whether the work is done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/output/writer.h"

namespace corticast {

// Throws Error{kUsage} unless the file name ends in .h5 or .hdf5.
void check_output_name(const std::filesystem::path& destination);

// True if `destination` is the finished output of this very run. False if nothing is there. Throws
// Error{kOutput} saying what differs if something else is. Call only where that may not be
// overwritten.
bool already_complete(const std::filesystem::path& destination, const RunRecord& record,
                      const Request& request);

// Bytes the finished output will have, within a per mille.
std::uint64_t output_bytes(const std::filesystem::path& destination, const RunRecord& record,
                           const Request& request);

// See open_hdf5_writer.
std::unique_ptr<ResponseWriter> open_writer(const std::filesystem::path& destination,
                                            const RunRecord& record, const Request& request,
                                            bool replace, std::vector<std::string>* notes);

}  // namespace corticast
