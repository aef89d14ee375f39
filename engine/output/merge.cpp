#include "engine/output/merge.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/output/merge_set.h"
#include "engine/output/merge_virtual.h"
#include "engine/output/open_writer.h"
#include "engine/output/response_file.h"

namespace corticast {
namespace {

constexpr std::size_t kBufferBytes = 32 << 20;  // rows are copied in blocks of about this size

void refuse_own_shard(const std::vector<std::filesystem::path>& shards,
                      const std::filesystem::path& destination) {
  for (const std::filesystem::path& shard : shards) {
    for (const std::string& written : {destination.string(), destination.string() + ".part"}) {
      std::error_code absent;
      if (!std::filesystem::equivalent(written, shard, absent)) continue;
      throw Error(ErrorCode::kUsage,
                  written + ": would overwrite " + shard.string() + ", which is to be merged",
                  "Give another output name.");
    }
  }
}

// Copies rows from one shard after the other into what the writer still misses.
class Copy {
 public:
  Copy(const MergeSet& set, ResponseWriter& writer, const MergeOptions& options)
      : set_(set), writer_(writer), options_(options), targets_(set.layout.targets.size()) {
    const std::size_t row_bytes = targets_ * set.layout.columns * sizeof(float);
    step_ = std::clamp<std::size_t>(kBufferBytes / row_bytes, 1, std::max<std::size_t>(rows(), 1));
    values_.resize(targets_ * step_ * set.layout.columns);
    for (std::size_t t = 0; t < targets_; ++t) pointers_.push_back(target(t));
  }

  void go() {
    const std::vector<RowRange> missing = writer_.missing();
    done_ = rows();
    for (const RowRange& range : missing) done_ -= range.count;
    for (const ShardFile& shard : set_.shards) {
      for (const RowRange& range : missing) copy_common(shard, range);
    }
  }

 private:
  std::size_t rows() const { return set_.status.size(); }
  float* target(std::size_t t) { return values_.data() + t * step_ * set_.layout.columns; }

  void copy_common(const ShardFile& shard, const RowRange& range) {
    const std::size_t first = std::max(shard.rows.first, range.first);
    const std::size_t end =
        std::min(shard.rows.first + shard.rows.count, range.first + range.count);
    if (first >= end) return;
    const ResponseFile file(shard.path);
    if (file.status().size() != shard.rows.count || file.layout().columns != set_.layout.columns ||
        file.layout().targets.size() != targets_) {
      throw Error(ErrorCode::kOutput, shard.path.string() + ": was replaced while it was merged",
                  "Run the same command again.");
    }
    for (std::size_t row = first; row < end; row += step_) {
      copy_block(file, row - shard.rows.first, {row, std::min(step_, end - row)});
    }
  }

  void copy_block(const ResponseFile& file, std::size_t first_there, RowRange rows_here) {
    for (std::size_t t = 0; t < targets_; ++t) {
      file.read(t, {first_there, rows_here.count}, target(t));
    }
    const std::span<const RowStatus> status(set_.status);
    writer_.write(rows_here.first, {rows_here.count, set_.layout.columns, pointers_},
                  status.subspan(rows_here.first, rows_here.count));
    done_ += rows_here.count;
    if (options_.progress) options_.progress(done_, rows());
  }

  const MergeSet& set_;
  ResponseWriter& writer_;
  const MergeOptions& options_;
  std::size_t targets_;
  std::size_t step_ = 1;
  std::size_t done_ = 0;
  std::vector<float> values_;  // [targets][step][columns]
  std::vector<const float*> pointers_;
};

// Finished and whole: a virtual one may have lost its shards.
bool is_merged_already(const MergeSet& set, const std::filesystem::path& destination) {
  if (!already_complete(destination, set.record, set.layout)) return false;
  (void)ResponseFile(destination);
  return true;
}

}  // namespace

MergeSummary merge_shards(const std::vector<std::filesystem::path>& shards,
                          const std::filesystem::path& destination, const MergeOptions& options) {
  check_output_name(destination);
  refuse_folder(destination);
  refuse_own_shard(shards, destination);
  const MergeSet set = read_shards(shards);
  MergeSummary summary;
  summary.images = set.status.size();
  summary.shards = set.shards.size();
  summary.failed = static_cast<std::size_t>(std::count_if(
      set.status.begin(), set.status.end(), [](const RowStatus& row) { return !row.ok; }));
  if (!options.replace && is_merged_already(set, destination)) {
    summary.nothing_to_do = true;
    return summary;
  }
  if (options.virtual_datasets) {
    write_virtual(set, destination, options.replace);
    return summary;
  }
  std::vector<std::string> notes;
  const auto writer = open_writer(destination, set.record, set.layout, options.replace, &notes);
  for (const std::string& note : notes) {
    if (options.note) options.note(note);
  }
  Copy(set, *writer, options).go();
  writer->finish();
  return summary;
}

}  // namespace corticast
