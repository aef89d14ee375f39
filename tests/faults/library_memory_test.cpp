// Memory that runs out in other people's libraries, at points spread over a run. A run must end as
// it does when our own runs out: well, or with an error. What it may not do is mark a row done that
// is wrong, or leave a file that the next run cannot go on from. Where a library itself ends the
// process, by a signal or by exit(), that is not ours to mend: it is counted and told by name, and
// what it left must be as good.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <map>
#include <new>

#include "engine/base/error.h"
#include "tests/faults/allocations.h"
#include "tests/faults/contents.h"
#include "tests/faults/job.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kPoints = 100;
constexpr std::uint64_t kNever = ~std::uint64_t{0};

enum class Ending { kDone, kRefused, kBug, kEnded };

struct Told {
  Ending ending = Ending::kEnded;  // until the child says otherwise
  bool hit = false;
  std::uint64_t asked = 0;
  char words[200] = {};
};

Ending ending_of(const JobFiles& files, const fs::path& output, Told& told) {
  try {
    run_job(files, output);
    return Ending::kDone;
  } catch (const Error& error) {
    std::string(error.what()).copy(told.words, sizeof told.words - 1);
    return error.code() == ErrorCode::kInternal ? Ending::kBug : Ending::kRefused;
  } catch (const std::bad_alloc&) {
    return Ending::kRefused;
  } catch (const std::exception& error) {
    std::string(error.what()).copy(told.words, sizeof told.words - 1);
    return Ending::kBug;
  }
}

// A run in a process of its own in which the libraries' allocation number `nth` fails. status: of
// waitpid().
Told run_in_child(const JobFiles& files, const fs::path& output, std::uint64_t nth, int& status) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
  std::cout.flush();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::alarm(60);
    ::signal(SIGSEGV, SIG_DFL);  // not Catch's, which would report it as a failure of the test
    ::signal(SIGABRT, SIG_DFL);
    Told told;
    {
      const FailingMemory memory(Memory::kTheirs, nth, false);
      told.ending = ending_of(files, output, told);
      told.hit = memory.hit();
      told.asked = memory.asked();
    }
    (void)!::write(ends[1], &told, sizeof told);
    ::_exit(0);
  }
  ::close(ends[1]);
  Told told;
  if (::read(ends[0], &told, sizeof told) != sizeof told) told = {};
  ::close(ends[0]);
  ::waitpid(child, &status, 0);
  return told;
}

}  // namespace

TEST_CASE("a run survives memory that runs out in the libraries") {
  if (!can_fail_malloc()) {
    std::cout << "not run: malloc is the sanitizer's\n";
    return;
  }
  const JobFiles files;
  const fs::path whole = files.folder / "whole.h5";
  const fs::path out = files.folder / "out.h5";
  const fs::path part = out.string() + ".part";
  run_job(files, whole);
  const auto expected = contents(whole);
  last_refused();
  int status = 0;
  const Told undisturbed = run_in_child(files, out, kNever, status);
  REQUIRE(undisturbed.ending == Ending::kDone);
  REQUIRE(undisturbed.asked > kPoints);
  fs::remove(out);

  struct Count {
    int done = 0, refused = 0;
  };
  std::map<std::string, Count> counts;
  std::map<std::string, int> ended;
  int resumed = 0;
  for (std::uint64_t k = 0; k < kPoints; ++k) {
    const std::uint64_t nth = 1 + k * undisturbed.asked / kPoints;
    const Told told = run_in_child(files, out, nth, status);
    const std::string library = last_refused();
    CAPTURE(nth, library, told.words, status);
    CHECK(told.ending != Ending::kBug);
    if (told.ending == Ending::kEnded) {
      CHECK(library != "");
      // These must never; HDF5 and OpenMP do (HDF5's texts are copied by libc).
      for (const char* careful : {"libjpeg", "libpng", "libcrypto"}) {
        CHECK_FALSE(library.starts_with(careful));
      }
      ++ended[library + (WIFSIGNALED(status) ? " by signal " + std::to_string(WTERMSIG(status))
                                             : " with " + std::to_string(WEXITSTATUS(status)))];
    } else if (told.hit) {
      ++(told.ending == Ending::kDone ? counts[library].done : counts[library].refused);
    }
    if (fs::exists(part)) {
      CHECK(wrong_done_row(part, whole) == "");
      const auto done = journal(part);
      resumed += std::count(done.begin(), done.end(), 1) > 0;
    }
    if (!fs::exists(out)) run_job_from_memory(files, out, whole);
    CHECK(contents(out) == expected);
    CHECK_FALSE(fs::exists(part));
    fs::remove(out);
  }
  std::cout << kPoints << " of " << undisturbed.asked << " allocations of libraries failed; ";
  for (const auto& [library, count] : counts) {
    std::cout << library << ": " << count.done << " without effect, " << count.refused
              << " refused; ";
  }
  for (const auto& [library, times] : ended) {
    std::cout << "ended by " << library << ": " << times << "; ";
  }
  std::cout << resumed << " gone on from finished rows, all files equal in the end\n";
}
