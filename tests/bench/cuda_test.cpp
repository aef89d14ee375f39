// corticast-bench on a simulated card: the rows of a GPU, and that nobody takes them for one.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/cli/support.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("a simulated card's rows are complete, checked, and named simulated") {
  const Outcome run =
      run_program(CUDA_SIM_PROGRAM, std::string("--profile a100 -- '") + CORTICAST_BENCH_PROGRAM +
                                        "' stages end-to-end --device cuda --precision fp16 "
                                        "--channels 8 --vertices 20 --batch 1 --images 1 -r 1 "
                                        "--check -o json");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.err, contains("the device is simulated"));
  std::set<std::string> stages;
  double readouts = 0;
  std::istringstream lines(run.out);
  for (std::string text; std::getline(lines, text);) {
    const auto row = nlohmann::json::parse(text);
    const std::string stage = row["stage"];
    INFO(stage);
    stages.insert(stage);
    CHECK_THAT(row["device"].get<std::string>(),
               contains("cuda:0 (NVIDIA A100-SXM4-80GB (simulated), "));
    CHECK(row["precision"] == "fp16");
    CHECK(row["repetitions"] == 1);
    CHECK(row["percent_of_peak"].is_null());
    CHECK(row["peak_gflops_per_s"].is_null());
    if (!row["passed"].is_null()) CHECK(row["passed"] == true);
    if (stage != "readouts" && stage.find("readout") != std::string::npos)
      readouts += row["flops"].get<double>();
    if (stage.find("block 2: convolution") != std::string::npos) {
      CHECK(row["flops"] == 2LL * 222 * 222 * 8 * 8 * 25);
      CHECK(row["passed"] == true);
    }
  }
  for (const char* stage :
       {"upload", "normalise", "download", "core", "readouts", "all steps", "end to end"}) {
    CHECK(stages.count(stage) == 1);
  }
  CHECK(readouts == 2.0 * 20 * 8 * (676 + 1));
}
