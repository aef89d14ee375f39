// Every allocation fails once, and once with all that follow: the caller hears of it, nothing is
// left locked or running, and the same job right afterwards gives the same bits.
#include <iostream>

#include "tests/faults/contents.h"
#include "tests/faults/job.h"
#include "tests/faults/sweep.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

// The arithmetic takes nine tenths of a run: after most failures the next run looks its responses
// up. Where all later allocations fail too, the same state is left behind many times over.
constexpr std::uint64_t kComputedAgain = 32;
constexpr std::uint64_t kRunAgain = 8;

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
    const std::uint64_t failed = fail_each_allocation(
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
    CHECK(failed > 200);
  }
}
