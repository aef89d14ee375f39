#include "tests/faults/shards.h"

#include "engine/output/manifest.h"
#include "engine/pipeline/shard.h"
#include "tests/output/support.h"

namespace corticast::test {
namespace {

constexpr unsigned kShards = 2;
constexpr std::size_t kFailed = 4;

void make_shard(const std::filesystem::path& path, unsigned index, std::size_t images) {
  const Request request = small_request();
  RunRecord record = small_record(images);
  const RowRange rows = rows_of({index, kShards}, images);
  record.shard = ShardRecord{index, kShards, rows.first, images, hash_of_names(record.image_names)};
  const auto first = record.image_names.begin() + static_cast<std::ptrdiff_t>(rows.first);
  record.image_names = {first, first + static_cast<std::ptrdiff_t>(rows.count)};
  const auto writer = open_writer(path, record, request, false, nullptr);
  for (std::size_t k = 0; k < rows.count; ++k) {
    const FakeResponses responses(request, rows.first + k, 1);
    const bool ok = rows.first + k != kFailed;
    writer->write(k, responses.view, std::vector<RowStatus>{{ok, ok ? "" : "not an image"}});
  }
  writer->finish();
}

}  // namespace

std::vector<std::filesystem::path> make_shards(const std::filesystem::path& folder,
                                               std::size_t rows) {
  std::vector<std::filesystem::path> paths;
  for (unsigned index = 0; index < kShards; ++index) {
    paths.push_back(folder / ("shard" + std::to_string(index) + ".h5"));
    make_shard(paths.back(), index, rows);
  }
  return paths;
}

}  // namespace corticast::test
