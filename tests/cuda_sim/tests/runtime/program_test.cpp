// cuda-sim, run on a small program.
#include <sys/wait.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/temporary.h"

namespace {

struct Ran {
  int code;
  std::string out;  // stdout and stderr
};

Ran run(const std::string& arguments) {
  const std::string command = std::string("'") + CUDA_SIM_PROGRAM + "' " + arguments + " 2>&1";
  std::FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Ran ran{};
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    ran.out.append(buffer, n);
  }
  ran.code = WEXITSTATUS(pclose(pipe));
  return ran;
}

const std::string kTiny = std::string(" -- '") + CUDA_SIM_TINY + "'";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("cuda_sim_runs_a_program_and_lists_what_it_did") {
  const corticast::test::TemporaryFolder folder;
  const std::string json = (folder / "summary.json").string();
  const Ran ran = run("--profile h100 --devices 2 --json '" + json + "'" + kTiny);
  INFO(ran.out);
  CHECK(ran.code == 0);
  CHECK(contains(ran.out, "2 devices, 6.0"));
  CHECK(contains(ran.out, "NVIDIA H100"));
  CHECK(contains(ran.out, "scale_kernel_"));
  CHECK(contains(ran.out, "reports: 0"));
  const auto summary = nlohmann::json::parse(corticast::test::read_text(json));
  CHECK(summary["totals"]["launches"] == 1);
  CHECK(summary["totals"]["copies_to_device"]["bytes"] == 4000);
  const auto& kernel = summary["devices"][0]["kernels"][0];
  // 1,000 numbers read and written, the table's value for each, the counter once each way.
  CHECK(kernel["global_stored"] == 4004);
  CHECK(kernel["checks"] > 2000);
  CHECK(kernel["thread_instructions"] > 8000);
}

TEST_CASE("cuda_sim_ends_with_1_when_something_was_reported") {
  const Ran ran = run("--profile t4" + kTiny + " --mistake");
  INFO(ran.out);
  CHECK(ran.code == 1);
  CHECK(contains(ran.out, "uninitialised"));
  CHECK(contains(ran.out, "probe.cu:"));
  const Ran unchecked = run("--profile t4 --checks off" + kTiny + " --mistake");
  INFO(unchecked.out);
  CHECK(unchecked.code == 0);
  CHECK(contains(unchecked.out, "checks were switched off"));
}

TEST_CASE("cuda_sim_plans_failures_and_passes_the_programs_code_on") {
  const Ran ran = run("--profile a100 --fail-device-allocation 1" + kTiny);
  INFO(ran.out);
  CHECK(ran.code == 4);
  CHECK(contains(ran.out, "failed: cudaErrorMemoryAllocation"));
  CHECK(run("--profile a100 --fail-launch 1" + kTiny).code == 4);
  CHECK(run("--profile a100 --devices 0" + kTiny).code == 4);
}

TEST_CASE("cuda_sim_names_its_own_mistakes") {
  const Ran unknown = run("--profile z1 -- true");
  CHECK(unknown.code == 2);
  CHECK(contains(unknown.out, "known: a100"));
  CHECK(run("-- true").code == 2);
  CHECK(run("--profile t4").code == 2);
  const Ran absent = run("--profile t4 -- ./no-such-program");
  CHECK(absent.code == 127);
  CHECK(contains(absent.out, "cannot run ./no-such-program"));
  const Ran quiet = run("--profile t4 -- true");
  CHECK(quiet.code == 1);
  CHECK(contains(quiet.out, "left no summary"));
}
