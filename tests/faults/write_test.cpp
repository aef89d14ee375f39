// Every call that writes the output fails once, in each way that a disk knows.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <iostream>

#include "engine/base/error.h"
#include "engine/output/merge.h"
#include "tests/faults/calls.h"
#include "tests/faults/contents.h"
#include "tests/faults/shards.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRows = 40;
constexpr std::size_t kBatch = 9;

RowStatus status_of(std::size_t row) {
  return row % 7 == 3 ? RowStatus{false, "no photograph"} : RowStatus{};
}

// Writes what is missing of a run of 40 rows, batch by batch; every seventh image fails.
void write_run(const fs::path& output) {
  const RunRecord record = small_record(kRows);
  const Request request = small_request();
  const auto writer = open_writer(output, record, request, false, nullptr);
  for (const RowRange& range : writer->missing()) {
    const std::size_t end = range.first + range.count;
    for (std::size_t first = range.first; first < end; first += kBatch) {
      std::vector<RowStatus> status;
      for (std::size_t row = first; row < std::min(first + kBatch, end); ++row) {
        status.push_back(status_of(row));
      }
      write_rows(*writer, request, first, status);
    }
  }
  writer->finish();
}

struct Ending {
  int exit_code = 0;  // the error's, or 0; 1000 + signal
  std::uint64_t calls = 0;
  std::uint64_t writes = 0;
};

// Does `work` in a process of its own, whose HDF5 library may come to harm.
Ending in_child(const std::function<void()>& work, std::uint64_t nth, Fault fault) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
  std::cout.flush();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::alarm(60);
    Ending ending;
    {
      const FailingCalls calls("out.h5", nth, fault);
      try {
        work();
      } catch (const Error& error) {
        ending.exit_code = error.exit_code();
      }
      ending.calls = calls.calls();
      ending.writes = calls.writes();
    }
    (void)!::write(ends[1], &ending, sizeof ending);
    std::exit(0);  // runs the libraries' clean-up, which must not crash
  }
  ::close(ends[1]);
  Ending ending;
  const bool told = ::read(ends[0], &ending, sizeof ending) == sizeof ending;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) ending.exit_code = 1000 + WTERMSIG(status);
  if (!told && ending.exit_code == 0) ending.exit_code = 999;
  return ending;
}

// Fails call 1, 2, ... of `work`, which makes out.h5 and goes on from what is there, in every way;
// after each the same work, undisturbed, must give `expected`.
void fail_each(const TemporaryFolder& folder, const std::function<void()>& work, const char* what) {
  const fs::path whole = folder / "whole.h5";
  const fs::path out = folder / "out.h5";
  const fs::path part = folder / "out.h5.part";
  fs::remove(out);
  const Ending undisturbed = in_child(work, 0, Fault::kNoSpace);
  REQUIRE(undisturbed.exit_code == 0);
  REQUIRE(undisturbed.writes > 10);  // HDF5's own are among those that fail here
  fs::rename(out, whole);
  const auto expected = contents(whole);
  std::size_t failed = 0;
  std::size_t resumed = 0;
  for (const Fault fault : {Fault::kNoSpace, Fault::kBroken, Fault::kInterrupted, Fault::kShort}) {
    for (std::uint64_t i = 1; i <= undisturbed.calls; ++i) {
      CAPTURE(i, static_cast<int>(fault));
      const int code = in_child(work, i, fault).exit_code;
      if (fault == Fault::kShort) CHECK(code == 0);
      if (fault == Fault::kInterrupted && code == 0) CHECK(fs::exists(out));
      if (code != 0) CHECK(code == 5);
      failed += code == 5;
      if (fs::exists(part)) {
        CHECK(wrong_done_row(part, whole) == "");
        const auto done = journal(part);
        resumed += std::count(done.begin(), done.end(), 1) > 0;
      }
      if (!fs::exists(out)) CHECK_NOTHROW(work());
      CHECK(contents(out) == expected);
      CHECK_FALSE(fs::exists(part));
      fs::remove(out);
    }
  }
  std::cout << what << ": " << undisturbed.calls << " calls, " << undisturbed.writes
            << " of them writes, each failed in 4 ways: " << failed << " ended with 5, " << resumed
            << " were gone on from finished rows, all files equal in the end\n";
}

}  // namespace

TEST_CASE("a run survives the failure of any of its writes") {
  const TemporaryFolder folder;
  fail_each(
      folder, [&] { write_run(folder / "out.h5"); }, "run");
}

TEST_CASE("a merge survives the failure of any of its writes") {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder.path(), 7);
  for (const bool by_reference : {false, true}) {
    MergeOptions options;
    options.virtual_datasets = by_reference;
    fail_each(
        folder, [&] { merge_shards(shards, folder / "out.h5", options); },
        by_reference ? "merge by reference" : "merge");
  }
}
