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
                                      {"block 1", {1.0, 3.0}, 1e9, 1000},
                                      {"readout", {0.5, 0.5}, 2e9, 3000},
                                      {"readout", {0.6, 0.7}, 2e9, 3000}};

StepCheck check_of(const std::string& step, double error) {
  return {step, 10, error, error, 1.0};
}

}  // namespace

TEST_CASE("a row per step, then their sum") {
  const std::vector<Row> rows = stage_rows(kTimes, {}, where());
  REQUIRE(rows.size() == 5);
  for (std::size_t i = 0; i < kTimes.size(); ++i) {
    CHECK(rows[i].stage == kTimes[i].step);
    CHECK(rows[i].seconds == kTimes[i].seconds);
    CHECK(rows[i].flops == kTimes[i].flops);
    CHECK(rows[i].bytes == kTimes[i].bytes);
    CHECK(rows[i].images == 4);
    CHECK(!rows[i].check);
  }
  const Row& sum = rows.back();
  CHECK(sum.stage == "all steps");
  REQUIRE(sum.seconds.size() == 2);
  CHECK(sum.seconds[0] == Approx(2.2));
  CHECK(sum.seconds[1] == Approx(4.4));
  CHECK(sum.flops == 5e9);
  CHECK(sum.bytes == 7400);
}

TEST_CASE("the steps of several devices are no batch, so they have no sum") {
  Conditions several = where();
  several.device = "cuda:0, cuda:1 (2 x Card, cuDNN 9.1.0)";
  CHECK(stage_rows(kTimes, {}, several).size() == kTimes.size());
  several.device = "cuda:1 (Card, cuDNN 9.1.0)";
  CHECK(stage_rows(kTimes, {}, several).size() == kTimes.size() + 1);
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
                 {check_of("readout", 0.25), check_of("block 1", 0.5), check_of("readout", 0.75),
                  check_of("fused against gemm", 2.0)},
                 where());
  REQUIRE(rows.size() == 6);
  CHECK(!rows[0].check);
  CHECK(rows[1].check.value().rms_error == 0.5);
  CHECK(rows[2].check.value().rms_error == 0.25);
  CHECK(rows[3].check.value().rms_error == 0.75);
  CHECK(!rows[4].check);
  CHECK(rows[5].stage == "fused against gemm");
  CHECK(rows[5].seconds.empty());
  CHECK(!rows[5].check.value().passed());
}

TEST_CASE("nothing measured gives no sum") {
  CHECK(stage_rows({}, {}, where()).empty());
  CHECK(stage_rows({}, {check_of("alone", 0)}, where()).size() == 1);
}
