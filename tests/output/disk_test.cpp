// A disk that fills up, imitated by the limit on file sizes: write() then fails in the same place.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/output/hdf5_writer.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kRows = 2000;

// Writes the small run in a child that may make files of `limit` bytes at most; returns the child's
// exit code: the error's, or 0.
int exit_code_with_limit(const std::filesystem::path& path, rlim_t limit) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{limit, limit};
    ::setrlimit(RLIMIT_FSIZE, &small);
    int code = 0;
    try {
      const auto writer = open_writer(path, small_record(kRows), small_request(), false, nullptr);
      write_good_rows(*writer, small_request(), kRows, 150);
      writer->finish();
    } catch (const Error& error) {
      const std::string text = error.what();
      const bool explained = text.find("File too large") != std::string::npos &&
                             text.find("bytes needed") != std::string::npos;
      code = explained ? error.exit_code() : 100;
    }
    std::exit(code);  // runs the library's clean-up, which must not crash
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("a disk that fills up at any byte gives exit code 5 and keeps the rows before") {
  const TemporaryFolder folder;
  REQUIRE(exit_code_with_limit(folder / "whole.h5", RLIM_INFINITY) == 0);
  const auto size = std::filesystem::file_size(folder / "whole.h5");
  std::size_t kept = 0;
  for (std::uintmax_t limit = 0; limit < size; limit += size / 61 + 1) {
    CAPTURE(limit, size);
    CHECK(exit_code_with_limit(folder / "out.h5", limit) == 5);
    CHECK_FALSE(std::filesystem::exists(folder / "out.h5"));
    if (!std::filesystem::exists(folder / "out.h5.part")) continue;
    const ReadFile file(folder / "out.h5.part");
    const auto journal = file.bytes("/journal/done");
    std::size_t done = 0;
    while (done < journal.size() && journal[done] == 1) ++done;
    CHECK(rows_are_right(file, 0, done));
    kept = std::max(kept, done);
  }
  CHECK(exit_code_with_limit(folder / "out.h5", size) == 0);
  CHECK(read_text(folder / "out.h5") == read_text(folder / "whole.h5"));
}

TEST_CASE("a run larger than the disk is refused before it starts") {
  const TemporaryFolder folder;
  Request request = small_request();
  request.columns = 4000000000u;
  request.labels = {};
  CHECK_THROWS_WITH(open_writer(folder / "out.h5", small_record(1000000), request, false, nullptr),
                    contains("out.h5: needs ") && contains("bytes, the disk has "));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a folder that is not there is named") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(
      open_writer(folder / "none/out.h5", small_record(1), small_request(), false, nullptr),
      contains("none/out.h5.part: cannot create: No such file or directory"));
}
