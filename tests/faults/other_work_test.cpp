// What corticast does beside a run, with every allocation failing once: shards merged, a checkpoint
// converted, a selection resolved, the C functions called.
#include <iostream>

#include "cli/program.h"
#include "engine/atlas/resolve.h"
#include "engine/base/error.h"
#include "engine/base/npy.h"
#include "engine/output/merge.h"
#include "tests/api/support.h"
#include "tests/faults/allocations.h"
#include "tests/faults/contents.h"
#include "tests/faults/shards.h"
#include "tests/faults/sweep.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "weights_tool/conversion.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

// Most failures leave the same behind: the work is done again after one in so many.
constexpr std::uint64_t kLookedAt = 16;

void tell(std::uint64_t failed, const std::string& what) {
  std::cout << failed << " allocations of " << what << " failed, each alone\n";
}

}  // namespace

TEST_CASE("a merge survives the failure of any of its allocations") {
  const Watchdog watchdog;
  const TemporaryFolder folder;
  const auto shards = make_shards(folder.path(), 5);
  for (const bool by_reference : {false, true}) {
    const fs::path out = folder / "out.h5";
    const fs::path part = folder / "out.h5.part";
    const fs::path whole = folder / (by_reference ? "v.h5" : "m.h5");
    MergeOptions options;
    options.virtual_datasets = by_reference;
    merge_shards(shards, whole, options);
    const auto expected = contents(whole);
    std::uint64_t round = 0;
    const std::uint64_t failed = fail_each_allocation(
        false,
        [&] {
          fs::remove(out);
          fs::remove(part);
          merge_shards(shards, out, options);
        },
        [&] {
          if (!fs::exists(out) && ++round % kLookedAt != 0) return;
          CHECK(wrong_done_row(part, whole) == "");
          if (!fs::exists(out)) merge_shards(shards, out, options);
          CHECK(contents(out) == expected);
          CHECK_FALSE(fs::exists(part));
        });
    tell(failed, by_reference ? "a merge by reference" : "a merge");
    CHECK(failed > 200);
  }
}

TEST_CASE("a conversion survives the failure of any of its allocations") {
  const Watchdog watchdog;
  const TemporaryFolder folder;
  const fs::path from = data_path("checkpoints/tiny_zip.pth");
  const auto convert = [&](const fs::path& to) {
    fs::remove(to);
    const weights::Checkpoint checkpoint(from);
    weights::convert_checkpoint(checkpoint, from, to, std::nullopt, [](const std::string&) {});
  };
  convert(folder / "whole");
  const std::string expected = read_text(folder / "whole");
  const fs::path out = folder / "out";
  std::uint64_t round = 0;
  const std::uint64_t failed = fail_each_allocation(
      false, [&] { convert(out); },
      [&] {
        if (!fs::exists(out) && ++round % kLookedAt == 0) convert(out);
        if (fs::exists(out)) CHECK(read_text(out) == expected);
        CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) ==
              (fs::exists(out) ? 2 : 1));
      });
  tell(failed, "a conversion");
  CHECK(failed > 200);
}
