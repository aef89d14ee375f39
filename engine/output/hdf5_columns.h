// What the columns of the responses are, as datasets and attributes of an HDF5 output: /vertices or
// /outputs, see hdf5_writer.h.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <optional>

#include "engine/atlas/request.h"
#include "engine/output/writer.h"

namespace corticast::hdf5 {

// inherited: taken from there instead of the request where the request does not know it. Throws
// Error{kOutput}.
void write_columns(hid_t file, const Request& request, const std::optional<Inherited>& inherited);

// Bytes of it, within a per mille of the whole file.
std::uint64_t column_bytes(const Request& request);

}  // namespace corticast::hdf5
