// What the columns of the responses are, as datasets and attributes of an HDF5 output: /vertices or
// /outputs, see hdf5_writer.h.
#pragma once

#include <hdf5.h>

#include <cstdint>

#include "engine/atlas/request.h"

namespace corticast::hdf5 {

// Throws Error{kOutput}.
void write_columns(hid_t file, const Request& request);

// Bytes of it, within a per mille of the whole file.
std::uint64_t column_bytes(const Request& request);

}  // namespace corticast::hdf5
