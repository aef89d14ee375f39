// The files that a virtual dataset takes its rows from.
#pragma once

#include <hdf5.h>

#include <filesystem>
#include <string>

#include "engine/output/writer.h"

namespace corticast {

// Rows `rows` of the dataset at `path` of every file that `creation` makes come from the dataset of
// the same path in `source`, a name relative to the folder of the file that refers to it.
void add_virtual_source(hid_t creation, const std::string& path, const std::string& source,
                        RowRange rows, hsize_t all_rows, hsize_t columns);

// The library gives fill values where a source is missing. So: every file that `dataset` of `file`
// refers to is there and is the shard of the same run (manifest) whose rows are taken from it.
// Throws Error{kOutput} naming the one that is not. Nothing to do for other datasets.
void check_virtual_sources(const std::filesystem::path& file, hid_t dataset,
                           const std::string& manifest);

}  // namespace corticast
