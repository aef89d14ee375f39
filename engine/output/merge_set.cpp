#include "engine/output/merge_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/output/manifest.h"
#include "engine/output/response_file.h"
#include "engine/output/shard_manifest.h"

namespace corticast {
namespace {

constexpr std::size_t kShardsNamed = 10;  // in one message

// What is kept of a shard while the others are read.
struct Part {
  std::filesystem::path path;
  std::string manifest;
  ShardRecord shard;
  RunRecord record;
  std::vector<RowStatus> status;

  RowRange rows() const { return {shard.first_row, status.size()}; }
};

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Error(ErrorCode::kUsage, message, hint);
}

std::string place_of(const ShardRecord& shard) {
  return std::to_string(shard.index) + "/" + std::to_string(shard.count);
}

void check_same_run(const Part& first, const Part& other) {
  const std::string ours = whole_manifest(first.manifest);
  const std::string theirs = whole_manifest(other.manifest);
  const std::string difference =
      manifest_difference(ours, theirs, {"in the first", "in the second"});
  if (!difference.empty()) {
    refuse(first.path.string() + " and " + other.path.string() + " are shards of different runs (" +
               difference + ")",
           manifest_advice(theirs, ours) +
               "Merge the shards of one command, computed with the same batch and arithmetic.");
  }
  if (first.shard.count != other.shard.count) {
    refuse(first.path.string() + " is shard " + place_of(first.shard) + " and " +
               other.path.string() + " is shard " + place_of(other.shard) +
               " of the same run: its images were divided in two ways",
           "Merge shards of one division.");
  }
}

std::string missing_shards(const std::vector<Part>& parts) {
  const unsigned count = parts.front().shard.count;
  std::string words;
  std::size_t missing = 0;
  auto part = parts.begin();
  for (unsigned index = 0; index < count; ++index) {
    if (part != parts.end() && part->shard.index == index) {
      ++part;
    } else if (++missing <= kShardsNamed) {
      words += (words.empty() ? "" : ", ") + std::to_string(index) + "/" + std::to_string(count);
    }
  }
  if (missing > kShardsNamed) words += " and " + grouped(missing - kShardsNamed) + " more";
  return words;
}

// parts by index. Every row comes from exactly one of them.
void check_coverage(const std::vector<Part>& parts) {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Part& one = parts[i - 1];
    const Part& other = parts[i];
    if (one.shard.index != other.shard.index) continue;
    std::error_code absent;
    const bool same = std::filesystem::equivalent(one.path, other.path, absent);
    refuse(same ? one.path.string() + ": given twice"
                : one.path.string() + " and " + other.path.string() + " are both shard " +
                      place_of(one.shard),
           "Give every shard once.");
  }
  if (parts.size() < parts.front().shard.count) {
    const std::string missing = missing_shards(parts);
    refuse("shards are missing: " + missing + " (given: " + grouped(parts.size()) + ")",
           "Compute them with the command of " + parts.front().path.string() + " and --shard " +
               missing.substr(0, missing.find_first_of(", ")) +
               (missing.find_first_of(", ") == std::string::npos ? "." : " and so on."));
  }
  std::size_t next = 0;
  for (const Part& part : parts) {
    const RowRange rows = part.rows();
    if (rows.first != next) {
      refuse(part.path.string() + ": begins at row " + grouped(rows.first) + ", but row " +
                 grouped(next) + " is the next",
             "These shards do not make up the run: compute them again.");
    }
    next += rows.count;
  }
  if (next != parts.front().shard.images) {
    refuse(parts.back().path.string() + ": ends at row " + grouped(next) + " of " +
               grouped(parts.front().shard.images),
           "These shards do not make up the run: compute them again.");
  }
}

// Of shards that ran on machines of different names.
std::string devices_of(const std::vector<Part>& parts) {
  std::vector<std::string> names;
  for (const Part& part : parts) {
    if (std::find(names.begin(), names.end(), part.record.device) == names.end()) {
      names.push_back(part.record.device);
    }
  }
  std::string words = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) words += "; " + names[i];
  return words;
}

}  // namespace

MergeSet read_shards(const std::vector<std::filesystem::path>& paths) {
  if (paths.empty()) refuse("no shards to merge", "Name the files that encode --shard wrote.");
  MergeSet set;
  std::vector<Part> parts;
  parts.reserve(paths.size());
  for (const std::filesystem::path& path : paths) {
    const ResponseFile file(path);
    if (path.extension() == ".part") {
      throw Error(ErrorCode::kOutput, path.string() + ": is still being written, or was left",
                  "Run the command that writes it again: it goes on from there and finishes it.");
    }
    const std::optional<ShardRecord>& shard = file.record().shard;
    if (!shard) {
      refuse(path.string() + ": holds a whole run, not a shard",
             "Merge what encode --shard wrote.");
    }
    parts.push_back({path, file.manifest(), *shard, file.record(), file.status()});
    check_same_run(parts.front(), parts.back());
    if (parts.size() == 1) set.layout = file.layout();
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.shard.index < b.shard.index; });
  check_coverage(parts);

  set.record = parts.front().record;
  set.record.shard.reset();
  if (set.record.inherited) {
    set.record.inherited->manifest = whole_manifest(parts.front().manifest);
  }
  set.record.device = devices_of(parts);
  set.record.image_names.clear();
  set.shards.reserve(parts.size());
  for (Part& part : parts) {
    set.shards.push_back({part.path, part.rows()});
    std::move(part.record.image_names.begin(), part.record.image_names.end(),
              std::back_inserter(set.record.image_names));
    std::move(part.status.begin(), part.status.end(), std::back_inserter(set.status));
  }
  if (hash_of_names(set.record.image_names) != parts.front().shard.names_hash) {
    refuse(parts.front().path.string() + " and the others: their image names are not the run's",
           "A shard was changed after it was written: compute them again.");
  }
  return set;
}

}  // namespace corticast
