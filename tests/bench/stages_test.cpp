#include "bench/stages.h"

#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::bench;

namespace {

Conditions where() {
  Conditions conditions;
  conditions.device = "fake";
  conditions.batch = 4;
  conditions.peaks = {1e12, 1e11};
  return conditions;
}

const std::vector<StepTime> kTimes = {{"upload", {0.1, 0.2}, 0, 400},
                                      {"normalise", {0.1, 0.1}, 0, 100},
                                      {"block 1: a", {1.0, 3.0}, 1e9, 1000},
                                      {"block 8: b", {1.0, 1.0}, 4e9, 1000, 1e9},
                                      {"pack", {0.2, 0.2}, 0, 0},
                                      {"readout", {0.5, 0.5}, 2e9, 3000},
                                      {"readout", {0.6, 0.7}, 2e9, 3000},
                                      {"download", {0.3, 0.3}, 0, 500}};

StepCheck check_of(const std::string& step, double error) {
  return {step, 10, error, error, 1.0};
}

}  // namespace

TEST_CASE("a row per step, then their sums") {
  const std::vector<Row> rows = stage_rows(kTimes, {}, where());
  REQUIRE(rows.size() == kTimes.size() + 3);
  for (std::size_t i = 0; i < kTimes.size(); ++i) {
    CHECK(rows[i].stage == kTimes[i].step);
    CHECK(rows[i].seconds == kTimes[i].seconds);
    CHECK(rows[i].flops == kTimes[i].flops);
    CHECK(rows[i].bytes == kTimes[i].bytes);
    CHECK(rows[i].images == 4);
    CHECK(!rows[i].check);
  }
  const Row& core = rows[kTimes.size()];
  CHECK(core.stage == "core");
  CHECK(core.seconds == std::vector<double>{0.1 + 1.0 + 1.0, 0.1 + 3.0 + 1.0});
  CHECK(core.flops == 5e9);
  CHECK(core.executed_flops == 2e9);
  const Row& readouts = rows[kTimes.size() + 1];
  CHECK(readouts.stage == "readouts");
  REQUIRE(readouts.seconds.size() == 2);
  CHECK(readouts.seconds[0] == Approx(1.3));
  CHECK(readouts.seconds[1] == Approx(1.4));
  CHECK(readouts.flops == 4e9);
  const Row& sum = rows.back();
  CHECK(sum.stage == "all steps");
  REQUIRE(sum.seconds.size() == 2);
  CHECK(sum.seconds[0] == Approx(3.8));
  CHECK(sum.seconds[1] == Approx(6.0));
  CHECK(sum.flops == 9e9);
  CHECK(sum.executed_flops == 6e9);
  CHECK(sum.bytes == 9000);
}

TEST_CASE("steps that are no network's have one sum") {
  const std::vector<Row> rows = stage_rows({{"alone", {1.0}, 1e9, 0}}, {}, where());
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].stage == "all steps");
}

TEST_CASE("a step that does fewer operations than are counted is held against those it does") {
  const std::vector<Row> rows =
      stage_rows({{"block 2: Winograd", {1.0}, 4e12, 0, 0.5e12}}, {}, where());
  CHECK(rows[0].flops == 4e12);
  CHECK(rows[0].executed_flops == 0.5e12);
  CHECK(peak_share(rows[0]).value().share == Approx(0.5));
}

TEST_CASE("the steps of several devices are no batch, so they have no sum") {
  Conditions several = where();
  several.device = "cuda:0, cuda:1 (2 x Card, cuDNN 9.1.0)";
  CHECK(stage_rows(kTimes, {}, several).size() == kTimes.size());
  several.device = "cuda:1 (Card, cuDNN 9.1.0)";
  CHECK(stage_rows(kTimes, {}, several).size() == kTimes.size() + 3);
}

TEST_CASE("copies over the bus are not held against the device's memory") {
  const std::vector<Row> rows = stage_rows(
      {{"upload", {1.0}, 0, 1e9}, {"normalise", {1.0}, 0, 1e9}, {"download", {1.0}, 0, 1e9}}, {},
      where());
  CHECK(!peak_share(rows[0]));
  CHECK(peak_share(rows[1]));
  CHECK(!peak_share(rows[2]));
}

TEST_CASE("checks join the steps of their names, each once, and none is lost") {
  const std::vector<Row> rows =
      stage_rows(kTimes,
                 {check_of("readout", 0.25), check_of("block 1: a", 0.5), check_of("readout", 0.75),
                  check_of("fused against gemm", 2.0)},
                 where());
  REQUIRE(rows.size() == kTimes.size() + 4);
  CHECK(!rows[0].check);
  CHECK(rows[2].check.value().rms_error == 0.5);
  CHECK(rows[5].check.value().rms_error == 0.25);
  CHECK(rows[6].check.value().rms_error == 0.75);
  CHECK(!rows[8].check);
  CHECK(rows.back().stage == "fused against gemm");
  CHECK(rows.back().seconds.empty());
  CHECK(!rows.back().check.value().passed());
}

TEST_CASE("nothing measured gives no sum") {
  CHECK(stage_rows({}, {}, where()).empty());
  CHECK(stage_rows({}, {check_of("alone", 0)}, where()).size() == 1);
}
