#include "engine/output/merge.h"

#include <algorithm>
#include <cstring>

#include "engine/base/error.h"
#include "engine/output/manifest.h"
#include "engine/output/response_file.h"
#include "engine/pipeline/shard.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kImages = 7;

RunRecord shard_record(const Shard& shard) {
  RunRecord record = small_record(kImages);
  const RowRange rows = rows_of(shard, kImages);
  record.shard =
      ShardRecord{shard.index, shard.count, rows.first, kImages, hash_of_names(record.image_names)};
  const auto first = record.image_names.begin() + static_cast<std::ptrdiff_t>(rows.first);
  record.image_names = {first, first + static_cast<std::ptrdiff_t>(rows.count)};
  record.device = "cpu (" + std::to_string(1 + shard.index % 2) + " threads)";
  record.command_line = "corticast encode --shard " + std::to_string(shard.index);
  return record;
}

// Row 4 of the run failed.
void write_shard_rows(ResponseWriter& writer, const Request& request, RowRange rows,
                      std::size_t first_row) {
  for (std::size_t k = 0; k < rows.count; ++k) {
    const FakeResponses responses(request, first_row + rows.first + k, 1);
    const bool ok = first_row + rows.first + k != 4;
    writer.write(rows.first + k, responses.view,
                 std::vector<RowStatus>{{ok, ok ? "" : "not an image"}});
  }
}

// Writes a shard; where `end` is given, only that many of its rows, and leaves it unfinished.
void make_shard(const std::filesystem::path& path, const RunRecord& record, const Request& request,
                std::size_t end = kImages) {
  const auto writer = open_writer(path, record, request, false, nullptr);
  const std::size_t rows = record.image_names.size();
  const std::size_t first = record.shard ? record.shard->first_row : 0;
  write_shard_rows(*writer, request, {0, std::min(rows, end)}, first);
  if (end >= rows) writer->finish();
}

std::vector<std::filesystem::path> make_shards(const TemporaryFolder& folder, unsigned count) {
  std::vector<std::filesystem::path> paths;
  for (unsigned index = 0; index < count; ++index) {
    paths.push_back(folder / ("part" + std::to_string(index) + ".h5"));
    make_shard(paths.back(), shard_record({index, count}), small_request());
  }
  return paths;
}

// "2 what is wrong | remedy", the code first; "" if nothing was thrown.
template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return std::to_string(error.exit_code()) + " " + error.what() + " | " + error.hint();
  }
  return {};
}

std::vector<float> all_rows(const ResponseFile& file, std::size_t target) {
  const std::size_t rows = file.status().size();
  std::vector<float> values(rows * file.layout().columns);
  file.read(target, {0, rows}, values.data());
  return values;
}

void check_whole(const std::filesystem::path& path, const std::filesystem::path& unsharded,
                 unsigned count) {
  const ResponseFile merged(path);
  const ResponseFile whole(unsharded);
  CHECK(merged.manifest() == whole.manifest());
  CHECK(merged.record().image_names == whole.record().image_names);
  CHECK(merged.record().command_line == "corticast encode --shard 0");
  CHECK(merged.record().device ==
        (count == 1 ? "cpu (1 threads)" : "cpu (1 threads); cpu (2 threads)"));
  CHECK(merged.status()[4].error == "not an image");
  for (std::size_t target = 0; target < 2; ++target) {
    const auto ours = all_rows(merged, target);
    const auto right = all_rows(whole, target);
    for (std::size_t i = 0; i < right.size(); ++i) {
      CHECK((ours[i] == right[i] || (std::isnan(ours[i]) && i / 3 == 4)));
    }
  }
}

}  // namespace

TEST_CASE("a finished file is read as the run wrote it") {
  const TemporaryFolder folder;
  const RunRecord record = shard_record({1, 3});
  make_shard(folder / "part.h5", record, small_request());
  const ResponseFile file(folder / "part.h5");
  CHECK(file.path() == folder / "part.h5");
  CHECK(file.record().image_names == record.image_names);
  CHECK(file.record().model_hash == record.model_hash);
  CHECK(file.record().batch == record.batch);
  CHECK(file.record().command_line == record.command_line);
  REQUIRE(file.record().shard.has_value());
  CHECK(file.record().shard->index == 1);
  CHECK(file.record().shard->count == 3);
  CHECK(file.record().shard->first_row == 3);
  CHECK(file.record().shard->images == kImages);
  CHECK(file.manifest() == run_manifest(record, small_request()));
  REQUIRE(file.status().size() == 2);
  CHECK(file.status()[0].ok);
  CHECK_FALSE(file.status()[1].ok);
  CHECK(file.status()[1].error == "not an image");
  REQUIRE(file.layout().targets.size() == 2);
  CHECK(file.layout().targets[0].name == "NSD-01");
  CHECK(file.layout().targets[1].name == "BOLD5000-04");
  CHECK(file.layout().targets[1].result_path == small_request().targets[1].result_path);
  CHECK(file.layout().labels.roi == small_request().labels.roi);
  std::vector<float> row(3);
  file.read(1, {0, 1}, row.data());
  CHECK(row ==
        std::vector<float>{response_at(1, 3, 0), response_at(1, 3, 1), response_at(1, 3, 2)});
  file.read(0, {1, 1}, row.data());
  CHECK(std::isnan(row[2]));
  CHECK_THROWS_AS(file.read(0, {1, 2}, row.data()), Error);
  CHECK_THROWS_AS(file.read(2, {0, 1}, row.data()), Error);
}

TEST_CASE("what is no finished output is refused by name") {
  const TemporaryFolder folder;
  make_shard(folder / "good.h5", small_record(kImages), small_request());
  make_shard(folder / "cut.h5", small_record(kImages), small_request(), 3);
  const auto reading = [&](const char* name) {
    return refusal([&] { const ResponseFile file(folder / name); });
  };
  CHECK(reading("good.h5").empty());
  CHECK_THAT(reading("cut.h5.part"),
             contains("5 ") && contains("cut.h5.part: is unfinished: 3 of 7"));
  CHECK_THAT(reading("none.h5"), contains("none.h5: cannot open: No such file"));
  write_text(folder / "text.h5", "hello");
  CHECK_THAT(reading("text.h5"), contains("5 ") && contains("text.h5: is not an HDF5 file"));
  // Cut anywhere: an error or, where only unused bytes at the end are gone, the right rows.
  const std::vector<float> right = all_rows(ResponseFile(folder / "good.h5"), 1);
  const std::string good = read_text(folder / "good.h5");
  std::size_t readable = 0;
  for (std::size_t size = 0; size < good.size(); size += 97) {
    write_text(folder / "short.h5", good.substr(0, size));
    CAPTURE(size);
    const std::string words = reading("short.h5");
    if (words.empty()) {
      ++readable;
      const std::vector<float> rows = all_rows(ResponseFile(folder / "short.h5"), 1);
      CHECK(std::memcmp(rows.data(), right.data(), right.size() * sizeof(float)) == 0);
    } else {
      CHECK_THAT(words, contains("5 ") && contains("short.h5: "));
    }
  }
  CHECK(readable * 97 < good.size() / 4);
}

TEST_CASE("merged shards are the run: rows, statuses, facts, manifest") {
  const TemporaryFolder folder;
  make_shard(folder / "whole.h5", small_record(kImages), small_request());
  for (const unsigned count : {1u, 3u, 9u}) {
    const TemporaryFolder parts;
    auto shards = make_shards(parts, count);
    std::rotate(shards.begin(), shards.begin() + count / 2, shards.end());
    for (const bool by_reference : {false, true}) {
      CAPTURE(count, by_reference);
      std::size_t reported = 0;
      MergeOptions options;
      options.virtual_datasets = by_reference;
      options.progress = [&](std::size_t done, std::size_t) { reported = done; };
      const auto destination = parts / (by_reference ? "v.h5" : "m.h5");
      const MergeSummary summary = merge_shards(shards, destination, options);
      CHECK(summary.images == kImages);
      CHECK(summary.failed == 1);
      CHECK(summary.shards == count);
      CHECK_FALSE(summary.nothing_to_do);
      CHECK(reported == (by_reference ? 0 : kImages));

      check_whole(destination, folder / "whole.h5", count);
      CHECK(merge_shards(shards, destination, options).nothing_to_do);
      // The command without shards sees that its work is done.
      CHECK(already_complete(destination, small_record(kImages), small_request()));
    }
  }
}

TEST_CASE("a merge goes on from what an earlier one copied") {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, 3);
  // A merge that was killed after three rows: what it left is the whole run's unfinished output.
  RunRecord record = small_record(kImages);
  record.command_line = "an earlier merge";
  make_shard(folder / "m.h5", record, small_request(), 3);
  std::vector<std::size_t> reported;
  MergeOptions options;
  options.progress = [&](std::size_t done, std::size_t) { reported.push_back(done); };
  merge_shards(shards, folder / "m.h5", options);
  CHECK(reported == std::vector<std::size_t>{5, 7});
  CHECK(rows_are_right(ReadFile(folder / "m.h5"), 0, 4));
  CHECK(rows_are_right(ReadFile(folder / "m.h5"), 5, kImages));
}

TEST_CASE("shards that do not make up one run are refused before anything is written") {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, 3);
  const auto merging = [&](const std::vector<std::filesystem::path>& some,
                           const std::filesystem::path& destination) {
    return refusal([&] { merge_shards(some, destination, {}); });
  };
  const auto out = folder / "out.h5";
  CHECK_THAT(merging({}, out), contains("2 no shards"));
  CHECK_THAT(merging({shards[1]}, out), contains("2 ") && contains("missing: 0/3, 2/3"));
  CHECK_THAT(merging({shards[1], shards[0], shards[2], shards[1]}, out), contains("given twice"));
  std::filesystem::copy(shards[1], folder / "copy.h5");
  CHECK_THAT(merging({shards[0], shards[1], shards[2], folder / "copy.h5"}, out),
             contains("2 ") && contains("copy.h5 are both shard 1/3"));
  make_shard(folder / "half.h5", shard_record({1, 2}), small_request());
  CHECK_THAT(merging({shards[0], folder / "half.h5"}, out),
             contains("0/3") && contains("1/2") && contains("two ways"));
  make_shard(folder / "whole.h5", small_record(kImages), small_request());
  CHECK_THAT(merging({shards[0], folder / "whole.h5"}, out), contains("holds a whole run"));
  RunRecord other = shard_record({1, 3});
  other.arithmetic = "cpu portable";
  make_shard(folder / "other.h5", other, small_request());
  CHECK_THAT(merging({shards[0], folder / "other.h5", shards[2]}, out),
             contains("2 ") && contains("different runs") && contains("cpu portable"));
  make_shard(folder / "late.h5", shard_record({1, 3}), small_request(), 1);
  CHECK_THAT(merging({shards[0], folder / "late.h5.part", shards[2]}, out),
             contains("5 ") && contains("unfinished"));
  CHECK_THAT(merging(shards, shards[2]), contains("2 ") && contains("would overwrite"));
  CHECK_FALSE(std::filesystem::exists(out));
  write_text(out, "precious");
  CHECK_THAT(merging(shards, out), contains("5 ") && contains("not an output of corticast"));
  CHECK(read_text(out) == "precious");
}

TEST_CASE("a file that refers to shards says so when they are gone or changed") {
  const TemporaryFolder folder;
  auto shards = make_shards(folder, 3);
  // Names that the library would take for patterns.
  std::filesystem::create_directory(folder / "100%");
  std::filesystem::rename(shards[2], folder / "100%" / "%b part.h5");
  shards[2] = folder / "100%" / "%b part.h5";
  MergeOptions options;
  options.virtual_datasets = true;
  merge_shards(shards, folder / "v.h5", options);
  CHECK(rows_are_right(ReadFile(folder / "v.h5"), 5, kImages));
  const auto reading = [&](const std::filesystem::path& path) {
    return refusal([&] { const ResponseFile file(path); });
  };
  CHECK(reading(folder / "v.h5").empty());
  std::filesystem::create_directory(folder / "elsewhere");
  std::filesystem::create_symlink(folder / "v.h5", folder / "elsewhere" / "link.h5");
  CHECK(reading(folder / "elsewhere" / "link.h5").empty());
  std::filesystem::copy(folder / "v.h5", folder / "elsewhere" / "v.h5");
  CHECK_THAT(reading(folder / "elsewhere" / "v.h5"),
             contains("elsewhere/v.h5: refers to part0.h5, which is not there"));
  std::filesystem::rename(shards[0], folder / "aside.h5");
  std::filesystem::rename(shards[1], shards[0]);
  std::filesystem::rename(folder / "aside.h5", shards[1]);
  CHECK_THAT(reading(folder / "v.h5"), contains("part0.h5, which holds something else now"));
}

TEST_CASE("reductions are merged with their outputs and without an atlas nothing is invented") {
  const TemporaryFolder folder;
  Request request = small_request();
  request.labels = {};
  Reduction reduction;
  reduction.kind = "matrix";
  reduction.names = {"a", "b", "c"};
  reduction.begin = {0, 2, 2, 3};
  reduction.row = {0, 2, 1};
  reduction.weight = {0.5, 1, 0};
  reduction.digest = std::string(64, 'd');
  request.reduction = std::make_shared<const Reduction>(reduction);
  make_shard(folder / "whole.h5", small_record(kImages), request);
  std::vector<std::filesystem::path> shards;
  for (const unsigned index : {0u, 1u}) {
    shards.push_back(folder / ("part" + std::to_string(index) + ".h5"));
    make_shard(shards.back(), shard_record({index, 2}), request);
  }
  merge_shards(shards, folder / "m.h5", {});
  CHECK(ResponseFile(folder / "m.h5").layout().reduction->names == reduction.names);
  const ReadFile merged(folder / "m.h5");
  CHECK(merged.texts("/outputs/name") == reduction.names);
  CHECK(merged.numbers<int>("/outputs/vertices", H5T_NATIVE_INT) == std::vector<int>{2, 0, 0});
  for (const char* name : {"columns", "reduction", "matrix_sha256", "manifest"}) {
    CHECK(merged.attribute(name) == ReadFile(folder / "whole.h5").attribute(name));
  }
  CHECK_FALSE(merged.has("/vertices"));
}
