// The real program, killed with SIGKILL at random moments and started again with the same command
// until its output is complete.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <thread>

#include "tests/cli/support.h"
#include "tests/faults/contents.h"
#include "tests/faults/process.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/random.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

constexpr int kKills = 100;
constexpr std::size_t kImages = 30;
constexpr std::size_t kBatch = 3;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::size_t marked(const std::vector<std::uint8_t>& done) {
  return static_cast<std::size_t>(std::count(done.begin(), done.end(), 1));
}

// One command: 30 photographs (five files and a bad one, in turns), batches of 3.
struct Command {
  Command() {
    if (run_corticast_weights("synth -o " + model + " --features 1 --vertices 300 --subjects " +
                              "NSD-01,NSD-02 --seed 5")
            .exit_code != 0) {
      throw std::runtime_error("no model");
    }
    write_text(folder / "bad.jpg", "no photograph");
    const std::vector<std::string> files = {
        data_path("images/clock_77x110_gray4.png"), data_path("images/astro_122x91_ycck.jpg"),
        data_path("images/rocket_180x131_pal4bit.png"), folder / "bad.jpg",
        data_path("images/rocket_151x203_440_restart.jpg")};
    std::string list;
    for (std::size_t k = 0; k < kImages; ++k) list += files[k % files.size()] + "\n";
    write_text(folder / "list", list);
  }
  std::vector<std::string> words(const fs::path& output) const {
    return {"encode",     "@" + (folder / "list").string(),
            "-m",         model,
            "-o",         output,
            "--batch",    "3",
            "--device",   "cpu",
            "--threads",  "2",
            "--progress", "json"};
  }

  TemporaryFolder folder;
  std::string model = folder / "tiny.model";
};

// Rows done when a run had written its first batch, by its own account; none if it did not get
// there.
std::optional<std::size_t> first_report(const std::string& log) {
  const std::string key = R"("stage":"encode","done":)";
  const std::size_t at = log.find(key);
  if (at == std::string::npos || log.find(',', at + key.size()) == std::string::npos) {
    return std::nullopt;
  }
  return std::stoul(log.substr(at + key.size()));
}

}  // namespace

TEST_CASE("a run killed at a hundred random moments loses and repeats nothing") {
  const Command command;
  const fs::path whole = command.folder / "whole.h5";
  const fs::path out = command.folder / "out.h5";
  const fs::path part = out.string() + ".part";
  const fs::path log = command.folder / "log";
  const double start = seconds();
  REQUIRE(Process(command.words(whole), log).wait() == 4);  // for the bad image
  double longest = (seconds() - start) / 4;
  const auto expected = contents(whole);

  const auto seed =
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  Random random(seed);
  CAPTURE(seed);
  int kills = 0;
  int finished = 0;
  int resumptions = 0;
  int in_vain = 0;
  std::size_t rows = 0;
  std::size_t lost = 0;
  std::size_t repeated = 0;
  while (kills < kKills) {
    const std::vector<std::uint8_t> before = fs::exists(part) ? journal(part) : journal("/none");
    Process process(command.words(out), log);
    const double moment = longest * static_cast<double>(random.below(1000)) / 1000;
    std::this_thread::sleep_for(std::chrono::duration<double>(moment));
    process.kill();
    const int code = process.wait();
    if (const auto reported = first_report(read_text(log)); reported && !before.empty()) {
      CHECK(*reported <= marked(before) + kBatch);
      repeated += marked(before) - std::min(*reported, marked(before));
      resumptions += marked(before) > 0;
    }
    if (fs::exists(out)) {  // complete, before the kill or under it
      CHECK((code == 4 || code == -1));
      CHECK(contents(out) == expected);
      CHECK_FALSE(fs::exists(part));
      kills += code == -1;
      ++finished;
      fs::remove(out);
      continue;
    }
    REQUIRE(code == -1);
    ++kills;
    const std::vector<std::uint8_t> after = fs::exists(part) ? journal(part) : journal("/none");
    for (std::size_t k = 0; k < before.size(); ++k) {
      lost += before[k] == 1 && (k >= after.size() || after[k] != 1);
    }
    if (!after.empty()) CHECK(wrong_done_row(part, whole) == "");
    rows += marked(after) - std::min(marked(before), marked(after));
    // On a machine too busy to come to the first batch, wait longer.
    in_vain = marked(after) > marked(before) ? 0 : in_vain + 1;
    if (in_vain == 8) longest *= 1.5;
  }
  REQUIRE(Process(command.words(out), log).wait() == 4);
  CHECK(contents(out) == expected);
  CHECK(lost == 0);
  CHECK(repeated == 0);
  CHECK(rows > 0);
  std::cout << "seed " << seed << ": " << kills << " kills of a running process, " << resumptions
            << " runs had gone on from finished rows; " << rows << " rows finished before a kill, "
            << lost << " lost, " << repeated << " computed again; " << finished + 1
            << " files complete, all equal; " << seconds() - start << " s\n";
}
