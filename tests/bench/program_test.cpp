// corticast-bench as it is run.
#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/base/instruction_set.h"
#include "engine/base/text.h"
#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::string kTiny = " --channels 8 --vertices 20 --threads 1 -r 2 ";

Outcome run_bench(const std::string& arguments, const std::string& out = "") {
  return run_program(CORTICAST_BENCH_PROGRAM, arguments, out);
}

std::vector<nlohmann::json> rows_of(const Outcome& run) {
  std::vector<nlohmann::json> rows;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) rows.push_back(nlohmann::json::parse(line));
  return rows;
}

// Stage names of the rows, each once.
std::map<std::string, nlohmann::json> by_stage(const std::vector<nlohmann::json>& rows) {
  std::map<std::string, nlohmann::json> stages;
  for (const auto& row : rows) CHECK(stages.emplace(row["stage"], row).second);
  return stages;
}

}  // namespace

TEST_CASE("everything is measured and every row is complete") {
  const TemporaryFolder temporary;
  const Outcome run =
      run_program("env", "TMPDIR='" + temporary.path().string() + "' '" + CORTICAST_BENCH_PROGRAM +
                             "'" + kTiny + "--batch 2 --images 3 -o json --check");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(run.err.empty());
  const auto stages = by_stage(rows_of(run));
  for (const char* stage : {"decode", "crop and resize", "read, decode, resize", "normalise",
                            "all steps", "block 2: Winograd 5x5, 8 -> 8, 222x222, pooled 2x2",
                            "core", "readouts", "write HDF5", "prepare", "end to end"}) {
    INFO(stage);
    REQUIRE(stages.count(stage) == 1);
    const auto& row = stages.at(stage);
    const bool once = std::string(stage) == "prepare";
    CHECK(row["repetitions"] == (once ? 1 : 2));
    CHECK(row["median_ms"].get<double>() > 0);
    CHECK(row["min_ms"].get<double>() <= row["median_ms"].get<double>());
    CHECK(row["median_ms"].get<double>() <= row["max_ms"].get<double>());
    CHECK(row["threads"] == 1);
    CHECK(row["channels"] == 8);
    CHECK(row["vertices"] == 20);
    CHECK(row["subjects"] == 1);
    CHECK_THAT(row["build"].get<std::string>(), contains("0.1.0"));
  }
  // 2 images, 222 x 222 x 8 outputs of 8 x 25 multiply-adds.
  const auto& block2 = stages.at("block 2: Winograd 5x5, 8 -> 8, 222x222, pooled 2x2");
  CHECK(block2["flops"] == 2LL * 2 * 222 * 222 * 8 * 8 * 25);
  CHECK(block2["batch"] == 2);
  CHECK(block2["precision"] == "fp32");
  CHECK(block2["readout"] == "auto");
  CHECK_THAT(block2["device"].get<std::string>(), contains("cpu (1 thread"));
  // 56 x 56 tiles of 8 x 8 points, each with 8 x 8 multiply-adds.
  CHECK(block2["executed_flops"] == 2LL * 2 * 56 * 56 * 64 * 8 * 8);
  CHECK(block2["percent_of_peak"].get<double>() > 0);
  CHECK(block2["percent_of_peak"].get<double>() < 100);
  CHECK(block2["passed"] == true);
  CHECK(block2["rms_error"].get<double>() > 0);
  CHECK(stages.at("end to end")["images"] == 3);
  CHECK(stages.at("end to end")["executed_flops"].get<double>() * 2 ==
        Approx(stages.at("all steps")["executed_flops"].get<double>() * 3));
  CHECK(stages.at("end to end")["images_per_s"].get<double>() > 0);
  CHECK(stages.at("write HDF5")["bytes"] == 3 * 20 * 4);
  CHECK(stages.at("decode")["device"] == "host");
  CHECK(stages.at("decode")["percent_of_peak"].is_null());
  CHECK(std::filesystem::is_empty(temporary.path()));  // nothing is left behind
}

TEST_CASE("every combination of the lists") {
  const Outcome run = run_bench("end-to-end" + kTiny +
                                "--precision fp32,fp32-strict --batch 1,2 --images 1 -o json");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  std::set<std::pair<std::string, int>> seen;
  for (const auto& row : rows_of(run)) {
    if (row["stage"] == "end to end") seen.emplace(row["precision"], row["batch"]);
  }
  CHECK(seen.size() == 4);
}

TEST_CASE("threads in turn") {
  const Outcome run = run_bench("input --channels 8 --vertices 20 -r 1 --threads 1,2 -o json");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  std::set<int> threads;
  for (const auto& row : rows_of(run)) {
    if (row["stage"] == "read, decode, resize") threads.insert(row["threads"].get<int>());
  }
  CHECK(threads == std::set<int>{1, 2});
}

TEST_CASE("on the instruction set that was forced") {
  const Outcome run =
      run_program("env", std::string("CORTICAST_ISA=portable '") + CORTICAST_BENCH_PROGRAM +
                             "' end-to-end" + kTiny + "--batch 1 --images 1 -o json");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const auto row = by_stage(rows_of(run)).at("end to end");
  CHECK(row["isa"] == "portable");
  CHECK_THAT(row["device"].get<std::string>(), contains("portable"));
  CHECK(row["percent_of_peak"].is_null());  // no steps were measured: what is done is not known
  const Outcome unknown = run_program(
      "env", std::string("CORTICAST_ISA=sse9 '") + CORTICAST_BENCH_PROGRAM + "' end-to-end");
  CHECK(unknown.exit_code == 6);
  CHECK_THAT(unknown.err, contains("sse9"));
}

TEST_CASE("every kernel alone, in every way, within its bound") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  make_model(model, true);
  const Outcome run = run_bench("ops --check --threads 1 --batch 2 -r 1 -o json -m " + model);
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const auto stages = by_stage(rows_of(run));
  std::size_t direct = 0;
  std::size_t winograd = 0;
  std::size_t readouts = 0;
  for (const auto& [stage, row] : stages) {
    INFO(stage);
    CHECK(row["median_ms"].get<double>() > 0);
    CHECK(row["passed"] != false);
    direct += stage.find(": convolution ") != std::string::npos ? 1 : 0;
    winograd += stage.find(": Winograd ") != std::string::npos ? 1 : 0;
    if (stage.find(": readout") == std::string::npos) continue;
    ++readouts;
    CHECK(row["batch"] == 2);
  }
  CHECK(direct == 8);
  CHECK(winograd == 7);
  CHECK(readouts == (kernels::cpu::bf16_available(chosen_isa()) ? 2 : 1));
  for (const char* stage : {"normalise", "prepare: transform the filters of the core",
                            "crop and resize 500x375, 1 thread"}) {
    CHECK(stages.count(stage) == 1);
  }
  const auto folding = std::ranges::count_if(
      stages, [](const auto& row) { return row.first.starts_with("prepare: fold "); });
  CHECK(folding == 1);
}

TEST_CASE("the whole core's error is measured, not the sum of its steps'") {
  for (const char* precision : {"fp32", "fp32-strict"}) {
    const Outcome run = run_bench("core-error" + kTiny + "-o json --precision " + precision);
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    const auto stages = by_stage(rows_of(run));
    REQUIRE(stages.size() == 1);
    const auto& row = stages.at("core against float64");
    CHECK(row["values_checked"] == 8 * 26 * 26);
    CHECK(row["rms_error"].get<double>() > 1e-9);  // float32 is not exact
    CHECK(row["passed"] == true);
    CHECK(row["repetitions"] == 0);
  }
  CHECK(run_bench("core-error" + kTiny + "--precision tf32").exit_code == 6);
}

TEST_CASE("means of areas through stages and whole runs") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  make_model(model, true);
  const Outcome run = run_bench(
      "stages end-to-end --reduce group-mean --threads 1 --batch 1 -r 1 --images 1 "
      "--subjects NSD-01 -o json -m " +
      model);
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const auto stages = by_stage(rows_of(run));
  CHECK(stages.count("readouts") == 1);
  CHECK(stages.count("end to end") == 1);
  for (const auto& [stage, row] : stages) CHECK(stage.find(": readout, ") == std::string::npos);
}

TEST_CASE("the user's model, subject and image") {
  const TemporaryFolder folder;
  const std::string model = (folder / "model.corticast").string();
  make_model(model, true);
  const Outcome run =
      run_bench("end-to-end -m " + model + " --subjects NSD-01 --expand --image " +
                data_path("images/rocket_224x224_rgb.png").string() + " --batch 1 -r 1 -o json");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const auto stages = by_stage(rows_of(run));
  REQUIRE(stages.count("end to end") == 1);
  CHECK(stages.at("end to end")["vertices"] == 7831);
  CHECK(stages.at("end to end")["subjects"] == 1);
  CHECK(stages.at("end to end")["images"] == 2);
}

TEST_CASE("what the device lacks is left out, said, and the rest is measured") {
  const Outcome run = run_bench("end-to-end" + kTiny + "--precision tf32,fp32 --batch 1 -o csv");
  CHECK(run.exit_code == 6);
  CHECK_THAT(run.err, contains("left out: ") && contains("tf32"));
  CHECK_THAT(run.out, contains("end to end") && contains("fp32") && !contains("tf32"));
}

TEST_CASE("the table for people says what was measured on what") {
  const Outcome run = run_bench("input end-to-end" + kTiny + "--batch 1");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK_THAT(run.out, contains("- build: corticast 0.1.0") &&
                          contains("- device: cpu (1 thread,") &&
                          contains("- model: synthetic, 8 channels, 20 vertices, 1 subject") &&
                          contains("16 generated JPEGs of 500 x 375") &&
                          contains("- peaks, 1 thread, fp32: ") && contains("measured here"));
  CHECK_THAT(run.out, contains("| device  ") && contains("| cpu  "));
}

TEST_CASE("a wrong word is refused before anything is measured") {
  for (const std::string& wrong :
       {std::string("--precision fp8"), std::string("--readout slow"), std::string("--batch 0"),
        std::string("--batch ,"), std::string("-o yaml"), std::string("everything"),
        std::string("--device auto"), std::string("--device check:cuda,cpu"),
        std::string("input --check"), std::string("--threads 0"), std::string("--threads ,"),
        std::string("--threads 1,two"), std::string("--channels 8 --vertices 20 --reduce nothing"),
        std::string("-r 0"), std::string("--channels 12"), std::string("--vertices some"),
        std::string("--subjects nobody"), std::string("-m x --synthetic"),
        std::string("--image /nowhere/at/all.png")}) {
    const Outcome run = run_bench(wrong);
    INFO(wrong << "\n" << run.err);
    CHECK(run.exit_code == 2);
    CHECK(run.out.empty());
    CHECK(!run.err.empty());
  }
}

TEST_CASE("failures end with the code of their kind") {
  const TemporaryFolder folder;
  write_text(folder / "no.jpg", "not a photograph");
  write_text(folder / "no.corticast", "not a model");
  CHECK(run_bench("-m '" + (folder / "no.corticast").string() + "'").exit_code == 3);
  const Outcome image =
      run_bench("input" + kTiny + "--image '" + (folder / "no.jpg").string() + "'");
  CHECK(image.exit_code == 4);
  CHECK_THAT(image.err, contains("no.jpg"));
  CHECK(run_bench("input" + kTiny, "/dev/full").exit_code == 5);
  const Outcome scratch =
      run_program("env", std::string("TMPDIR=/nowhere '") + CORTICAST_BENCH_PROGRAM + "' input");
  CHECK(scratch.exit_code == 5);
  CHECK_THAT(scratch.err, contains("TMPDIR"));
  CHECK(run_bench("--device quantum").exit_code == 6);
}

TEST_CASE("help and version") {
  const Outcome help = run_bench("--help");
  CHECK(help.exit_code == 0);
  CHECK_THAT(help.out, contains("--precision") && contains("Exit codes") && contains("end-to-end"));
  const Outcome version = run_bench("--version");
  CHECK(version.exit_code == 0);
  CHECK_THAT(version.out, contains("0.1.0"));
}
