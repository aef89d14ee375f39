// Shards of one run made one file again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace corticast {

struct MergeOptions {
  // Datasets that refer to the shards instead of copies of them (HDF5 virtual datasets, library
  // bounds ..v110): the shards must stay where they are, relative to the merged file.
  bool virtual_datasets = false;
  bool replace = false;  // an existing destination
  // May be empty. Rows copied; and what the user should know: an unfinished merge gone on from.
  std::function<void(std::size_t done, std::size_t total)> progress;
  std::function<void(const std::string&)> note;
};

struct MergeSummary {
  std::size_t images = 0;
  std::size_t failed = 0;  // images whose rows are NaN
  std::size_t shards = 0;
  bool nothing_to_do = false;  // the destination was the merged output of these shards already
};

// Writes what the run would have written without shards: the same datasets bit for bit, the same
// manifest, so that the unsharded command finds its work done. Attributes are the first shard's,
// its command line among them; devices of other names are listed. Shards in any order. Before
// anything is written: throws Error{kUsage} naming the files if they are not shards of one run
// (what differs, in words) or if a row would come twice or not at all (which shards);
// Error{kOutput} for an unfinished or unreadable shard, or a destination that exists. A destination
// that is already the merged output of these shards is left as it is, and an unfinished copy is
// gone on from. Memory does not grow with the number of rows (names and statuses excepted).
MergeSummary merge_shards(const std::vector<std::filesystem::path>& shards,
                          const std::filesystem::path& destination, const MergeOptions& options);

}  // namespace corticast
