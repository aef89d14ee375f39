// What an HDF5 output says beside its responses: attributes of the root and the names of images,
// see hdf5_writer.h.
#pragma once

#include <hdf5.h>

#include "engine/atlas/request.h"
#include "engine/output/writer.h"

namespace corticast::hdf5 {

// The root's attributes but those of the columns (hdf5_columns.h). Throws Error{kOutput}.
void write_facts(hid_t file, const RunRecord& record, const Request& request);

// /images/path. Throws Error{kOutput}.
void write_image_names(hid_t file, const std::vector<std::string>& names);

}  // namespace corticast::hdf5
