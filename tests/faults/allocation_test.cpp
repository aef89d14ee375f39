// Every allocation fails once, and once with all that follow: the caller hears of it, nothing is
// left locked or running, and the same job right afterwards gives the same bits.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <new>
#include <thread>

#include "engine/base/error.h"
#include "tests/faults/allocations.h"
#include "tests/faults/contents.h"
#include "tests/faults/job.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

// Ends a test that hangs.
struct Watchdog {
  Watchdog() { ::alarm(300); }
  ~Watchdog() { ::alarm(0); }
};

std::size_t entries(const char* folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// A thread that was joined may still be listed for a moment.
std::size_t settled_threads(std::size_t expected) {
  std::size_t threads = entries("/proc/self/task");
  for (int i = 0; i < 1000 && threads > expected; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    threads = entries("/proc/self/task");
  }
  return threads;
}

// The arithmetic takes nine tenths of a run: after most failures the next run looks its responses
// up. Where all later allocations fail too, the same state is left behind many times over.
constexpr std::uint64_t kComputedAgain = 32;
constexpr std::uint64_t kRunAgain = 8;

enum class Ending { kDone, kRefused, kOther };

Ending ending_of(const std::function<void()>& work) {
  try {
    work();
    return Ending::kDone;
  } catch (const Error&) {
    return Ending::kRefused;
  } catch (const std::bad_alloc&) {
    return Ending::kRefused;
  } catch (...) {
    return Ending::kOther;
  }
}

// Fails allocation 1, 2, ... of `work` until it needs no more; `after` looks at what each failure
// left behind. Returns how many failed.
std::uint64_t fail_each(bool lasting, const std::function<void()>& work,
                        const std::function<void()>& after) {
  work();
  const std::size_t threads = entries("/proc/self/task");
  const std::size_t descriptors = entries("/proc/self/fd");
  for (std::uint64_t i = 1;; ++i) {
    CAPTURE(i, lasting);
    Ending ending = Ending::kOther;
    bool hit = false;
    {
      const FailingMemory memory(Memory::kOurs, i, lasting);
      ending = ending_of(work);
      hit = memory.hit();
    }
    if (ending == Ending::kOther) FAIL_CHECK("an exception of another kind");
    if (settled_threads(threads) != threads) FAIL("a thread was left behind");
    if (entries("/proc/self/fd") != descriptors) FAIL("a file was left open");
    after();
    if (!hit) return i - 1;
  }
}

}  // namespace

TEST_CASE("a run survives the failure of any of its allocations") {
  const Watchdog watchdog;
  const JobFiles files;
  const fs::path whole = files.folder / "whole.h5";
  const fs::path out = files.folder / "out.h5";
  run_job(files, whole);
  const auto expected = contents(whole);
  for (const bool lasting : {false, true}) {
    std::uint64_t round = 0;
    const std::uint64_t failed = fail_each(
        lasting,
        [&] {
          fs::remove(out);
          fs::remove(out.string() + ".part");
          run_job(files, out);
        },
        [&] {
          CHECK(wrong_done_row(out.string() + ".part", whole) == "");
          if (fs::exists(out)) {
            CHECK(contents(out) == expected);
          } else if (++round % kComputedAgain == 0) {
            run_job(files, out);
            CHECK(contents(out) == expected);
          } else if (!lasting || round % kRunAgain == 0) {
            run_job_from_memory(files, out, whole);
            CHECK(contents(out) == expected);
          }
        });
    std::cout << failed << " allocations of a run failed, each"
              << (lasting ? " with all that followed" : " alone") << "\n";
    CHECK(failed > 500);
  }
}
