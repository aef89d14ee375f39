// A merged output that refers to its shards.
#pragma once

#include <filesystem>

#include "engine/output/merge_set.h"

namespace corticast {

// As the writer of responses would write it, but every dataset of responses is virtual: it takes
// its rows from the shards, named relative to the folder of `destination`. Throws Error{kOutput}.
void write_virtual(const MergeSet& set, const std::filesystem::path& destination, bool replace);

}  // namespace corticast
