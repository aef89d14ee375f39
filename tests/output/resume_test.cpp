// Runs that go on from an unfinished output, or are refused.
#include <sys/wait.h>
#include <unistd.h>

#include <numeric>
#include <random>

#include "engine/base/error.h"
#include "engine/output/earlier_run.h"
#include "engine/output/manifest.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::unique_ptr<ResponseWriter> open(const std::filesystem::path& path, std::size_t rows,
                                     bool force = false,
                                     std::vector<std::string>* notes = nullptr) {
  return open_writer(path, small_record(rows), small_request(), force, notes);
}

template <typename Action>
std::string refusal(ErrorCode code, Action action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return error.what() + ("\n" + error.hint());
  }
  return "accepted";
}

// An unfinished output of `rows` rows, the first `done` of which are done.
void leave_unfinished(const std::filesystem::path& path, std::size_t rows, std::size_t done) {
  const auto writer = open(path, rows);
  if (done > 0) write_rows(*writer, small_request(), 0, std::vector<RowStatus>(done));
}

std::size_t rows_in(const std::vector<RowRange>& ranges) {
  return std::accumulate(ranges.begin(), ranges.end(), std::size_t{0},
                         [](std::size_t sum, const RowRange& rows) { return sum + rows.count; });
}

}  // namespace

TEST_CASE("rows of any pattern are kept, the others written: byte for byte as in one run") {
  const TemporaryFolder folder;
  constexpr std::size_t kRows = 40;
  write_missing_rows(*open(folder / "whole.h5", kRows), small_request(), 7);
  {
    const auto whole = open(folder / "whole.h5", kRows);
    CHECK(whole->missing().empty());
    whole->finish();
  }
  std::mt19937 random(7);
  for (int round = 0; round < 12; ++round) {
    CAPTURE(round);
    std::vector<bool> done(kRows);
    for (int part = 0; part < 3; ++part) {
      std::vector<std::string> notes;
      const auto writer = open(folder / "out.h5", kRows, false, &notes);
      const auto missing = writer->missing();
      std::vector<bool> expected(kRows);
      for (const RowRange& rows : missing) {
        CHECK((rows.first == 0 || done[rows.first - 1]));
        std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(rows.first), rows.count, true);
      }
      expected.flip();
      CHECK(expected == done);
      for (std::size_t row = 0; row < kRows; ++row) {
        if (done[row] || random() % 3 == 0) continue;
        write_rows(*writer, small_request(), row, std::vector<RowStatus>(1));
        done[row] = true;
      }
    }
    const auto writer = open(folder / "out.h5", kRows);
    const auto left = static_cast<std::size_t>(std::count(done.begin(), done.end(), false));
    CHECK(rows_in(writer->missing()) == left);
    CHECK(write_missing_rows(*writer, small_request(), 4) == left);
    writer->finish();
    CHECK(read_text(folder / "out.h5") == read_text(folder / "whole.h5"));
    std::filesystem::remove(folder / "out.h5");
  }
}

TEST_CASE("failed rows are final, with their reasons, long ones cut between characters") {
  const TemporaryFolder folder;
  const std::string reason = std::string(255, 'x') + "\xC3\xBC and more";
  {
    const auto writer = open(folder / "out.h5", 6);
    write_rows(*writer, small_request(), 2, {{true, ""}, {false, reason}, {false, "no image"}});
  }
  const auto writer = open(folder / "out.h5", 6);
  CHECK(writer->failed_before() == 2);
  CHECK(writer->missing() == std::vector<RowRange>{{0, 2}, {5, 1}});
  write_missing_rows(*writer, small_request(), 4);
  writer->finish();
  const ReadFile file(folder / "out.h5");
  CHECK(file.texts("/images/error")[3] == std::string(255, 'x'));
  CHECK(file.texts("/images/error")[4] == "no image");
  CHECK(file.bytes("/images/status") == std::vector<std::uint8_t>{0, 0, 0, 1, 1, 0});
}

TEST_CASE("another run's rows are refused with both values, and stay") {
  const TemporaryFolder folder;
  leave_unfinished(folder / "out.h5", 5, 2);
  const auto refused = [&](auto change) {
    RunRecord record = small_record(5);
    Request request = small_request();
    change(record, request);
    return refusal(ErrorCode::kUsage,
                   [&] { open_writer(folder / "out.h5", record, request, false, nullptr); });
  };
  CHECK_THAT(
      refused([](RunRecord& r, Request&) { r.batch = 8; }),
      contains("out.h5.part: is another run's, with 2 finished rows (batch: 4 there, 8 here)") &&
          contains("--force"));
  CHECK_THAT(refused([](RunRecord& r, Request&) { r.arithmetic = "cpu avx2"; }),
             contains("device: cpu avx512 there, cpu avx2 here") &&
                 contains("CORTICAST_ISA=avx512 computes as that run did"));
  CHECK_THAT(refused([](RunRecord& r, Request&) { r.readout = "gemm"; }),
             contains("readout: auto there, gemm here"));
  CHECK_THAT(refused([](RunRecord& r, Request&) { r.tune = true; }),
             contains("tune: false there, true here"));
  CHECK_THAT(refused([](RunRecord& r, Request&) { r.decoder = "x"; }),
             contains("decoder: libjpeg there, x here"));
  CHECK_THAT(refused([](RunRecord& r, Request&) { r.precision = "fp16"; }),
             contains("precision: fp32 there, fp16 here"));
  CHECK_THAT(refused([](RunRecord& r, Request&) { r.model_hash[0] = 'b'; }),
             contains("model: aaaaaaaaaaaa... there, baaaaaaaaaaa... here"));
  CHECK_THAT(refused([](RunRecord& r, Request&) { r.image_names.pop_back(); }),
             contains("images: 5 there, 4 here"));
  CHECK_THAT(refused([](RunRecord& r, Request&) { r.engine_version = "9"; }),
             contains("engine version: 0.1.0 there, 9 here"));
  CHECK_THAT(refused([](RunRecord&, Request& q) { q.targets.pop_back(); }), contains("subjects: "));
  CHECK_THAT(refused([](RunRecord&, Request& q) { q.rows[2] = 9; }), contains("selected vertices"));
  CHECK(open(folder / "out.h5", 5)->missing() == std::vector<RowRange>{{2, 3}});
  CHECK(batch_of_earlier_run(folder / "out.h5") == std::size_t{4});
  CHECK_FALSE(batch_of_earlier_run(folder / "other.h5"));

  std::vector<std::string> notes;
  CHECK(open(folder / "out.h5", 5, true, &notes)->missing().front().count == 5);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], contains("2 finished rows of") && contains("dropped"));
}

TEST_CASE("a file killed while it was created is begun again, a stranger's is left alone") {
  const TemporaryFolder folder;
  leave_unfinished(folder / "good.h5", 3, 1);
  const std::string good = read_text(folder / "good.h5.part");
  const auto part = folder / "out.h5.part";
  for (const std::string& nothing : {std::string(), std::string(500, '\0'),
                                     std::string(8, '\0') + good.substr(8), good.substr(0, 96)}) {
    write_text(part, nothing);
    CHECK(open(folder / "out.h5", 3)->missing() == std::vector<RowRange>{{0, 3}});
    CHECK_FALSE(std::filesystem::exists(part));
  }
  for (const std::string& foreign : {std::string("half a download"), std::string("x")}) {
    for (const bool force : {false, true}) {
      write_text(part, foreign);
      CHECK_THAT(refusal(ErrorCode::kOutput, [&] { open(folder / "out.h5", 3, force); }),
                 contains("is not an unfinished output of corticast"));
      CHECK(read_text(part) == foreign);
    }
  }
  write_text(part, good.substr(0, good.size() / 2));
  CHECK_THAT(refusal(ErrorCode::kOutput, [&] { open(folder / "out.h5", 3); }),
             contains("cannot be read") && contains("--force"));
  CHECK(read_text(part).size() == good.size() / 2);
  CHECK(open(folder / "out.h5", 3, true)->missing() == std::vector<RowRange>{{0, 3}});
}

TEST_CASE("who holds an output is named") {
  const TemporaryFolder folder;
  const auto first = open(folder / "out.h5", 3);
  write_rows(*first, small_request(), 0, std::vector<RowStatus>(1));
  const std::string text = refusal(ErrorCode::kOutput, [&] { open(folder / "out.h5", 3); });
  CHECK_THAT(text, contains("another process is writing this output"));
  if (text.find('(') == std::string::npos) return;  // a file system without attributes
  CHECK_THAT(text, contains("(process " + std::to_string(::getpid()) + " on "));
}
