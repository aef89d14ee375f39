// The files in which the ranks of one launch keep their parts of an output until it is complete.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/pipeline/shard.h"

namespace corticast::cli {

// "out.h5", rank 0 of 3: "out.rank-0-of-3.h5".
std::string rank_file(const std::string& output, const Shard& shard);

// Those of all ranks, in order.
std::vector<std::filesystem::path> rank_files(const std::string& output, unsigned count);

// Files beside the output, finished or not, that a launch of another number of ranks left for the
// same output; by name.
std::vector<std::string> files_of_other_launches(const std::string& output, unsigned count);

// Removes those of all ranks, unfinished ones included; what cannot be removed stays.
void remove_rank_files(const std::string& output, unsigned count);

}  // namespace corticast::cli
