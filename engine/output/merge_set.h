// Files that are the shards of one run, all of them, each once.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/atlas/request.h"
#include "engine/output/writer.h"

namespace corticast {

struct ShardFile {
  std::filesystem::path path;
  RowRange rows;  // of the whole run
};

struct MergeSet {
  std::vector<ShardFile> shards;  // by their rows
  // Of the whole run, as its output would have them.
  RunRecord record;
  std::vector<RowStatus> status;
  Request layout;
};

// Opens one file after the other. Throws what merge_shards promises.
MergeSet read_shards(const std::vector<std::filesystem::path>& paths);

}  // namespace corticast
