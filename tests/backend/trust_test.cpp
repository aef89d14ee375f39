// A GPU is not trusted before it is checked.
#include "engine/backend/trust.h"

#include <cmath>
#include <cstdlib>

#include "tests/backend/fakes.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const Model& model() {
  static const ConvertedModel the_model("tiny_zip");
  return *the_model;
}

// The cache folder of one test.
class Cache {
 public:
  Cache() { setenv("CORTICAST_CACHE", (folder_ / "cache").c_str(), 1); }
  ~Cache() { unsetenv("CORTICAST_CACHE"); }
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "cache", none)) {
      found.push_back(entry.path());
    }
    return found;
  }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

FakeDevice card(const std::string& identity, std::vector<StepCheck> checks = {}) {
  FakeDevice device;
  device.device = "cuda:0";
  device.name = "cuda:0 (card)";
  device.identity = identity;
  device.checks = std::move(checks);
  return device;
}

const StepCheck kGood{"good", 10, 1e-7, 1e-6, 1e-6};
const StepCheck kBad{"block 2", 10, 1e-2, 1e-2, 1e-6};
const StepCheck kWorse{"block 3", 10, 1e-7, NAN, 1e-6};

}  // namespace

TEST_CASE("a device that passed is trusted in that way of computing, and in no other") {
  const Cache cache;
  FakeRoom room;
  FakeBackend backend(room, card("card, driver 1", {kGood}));
  const Request request = everything(model());
  const Method fp16 = Precision::kFp16;
  CHECK(trust_in(backend, model().info(), fp16) == Trust::kNotChecked);
  check_before_use(backend, model(), request, 8, fp16);
  CHECK(trust_in(backend, model().info(), fp16) == Trust::kPassed);
  CHECK(trust_in(backend, model().info(), Precision::kFp32) == Trust::kNotChecked);
  Method tuned = fp16;
  tuned.tune = true;
  CHECK(trust_in(backend, model().info(), tuned) == Trust::kNotChecked);
  Method normalised = fp16;
  normalised.input = InputKind::kNormalised;
  CHECK(trust_in(backend, model().info(), normalised) == Trust::kNotChecked);
  ModelInfo wider = model().info();
  wider.channels = 384;
  CHECK(trust_in(backend, wider, fp16) == Trust::kNotChecked);
  FakeBackend newer(room, card("card, driver 2", {kGood}));
  CHECK(trust_in(newer, model().info(), fp16) == Trust::kNotChecked);

  const auto passed = passed_selftests("card, driver 1");
  REQUIRE(passed.size() == 1);
  CHECK(passed[0].precision == "fp16");
  CHECK(passed[0].readout == "auto");
  CHECK(passed[0].channels == model().info().channels);
  CHECK_THAT(passed[0].when, contains("UTC"));
  CHECK_FALSE(passed[0].normalised);
  CHECK(passed_selftests("card, driver 2").empty());
  check_before_use(backend, model(), request, 8, normalised);
  CHECK(trust_in(backend, model().info(), normalised) == Trust::kPassed);
  CHECK(passed_selftests("card, driver 1").size() == 2);
}

TEST_CASE("a device without identity needs no check") {
  const Cache cache;
  FakeRoom room;
  FakeBackend backend(room, card(""));
  CHECK(trust_in(backend, model().info(), Precision::kFp32) == Trust::kNeedsNone);
}

TEST_CASE("a device that fails is named with its worst step, and is not remembered") {
  const Cache cache;
  FakeRoom room;
  FakeBackend backend(room, card("card", {kGood, kBad, kWorse}));
  try {
    check_before_use(backend, model(), everything(model()), 8, Precision::kFp32);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kDevice);
    CHECK_THAT(error.what(), contains("cuda:0 (card) failed its selftest in fp32: block 3") &&
                                 contains("and 1 step more"));
  }
  CHECK(cache.files().empty());
  CHECK(trust_in(backend, model().info(), Precision::kFp32) == Trust::kNotChecked);
  CHECK_THAT(worst_failure({kGood, kBad}),
             contains("block 2 differs") && contains("1.0e-02") && contains("1.0e-06 allowed"));
  CHECK(worst_failure({kGood}).empty());
}

TEST_CASE("what the cache holds is not believed blindly") {
  const Cache cache;
  FakeRoom room;
  FakeBackend backend(room, card("card", {kGood}));
  check_before_use(backend, model(), everything(model()), 8, Precision::kFp32);
  REQUIRE(cache.files().size() == 1);
  const std::string good = read_text(cache.files()[0]);
  const auto trusted = [&] {
    return trust_in(backend, model().info(), Precision::kFp32) == Trust::kPassed;
  };
  std::string other = good;
  other.replace(other.find("\"card\""), 6, "\"kard\"");
  for (const std::string& text : {std::string("junk"), std::string("[]"), std::string("{}"),
                                  std::string(), good.substr(0, good.size() / 2), other}) {
    write_text(cache.files()[0], text);
    CHECK_FALSE(trusted());
    CHECK(passed_selftests("card").empty());
  }
  write_text(cache.files()[0], good);
  CHECK(trusted());
}

TEST_CASE("a cache that cannot be written costs a check each time, no more") {
  const Cache cache;
  write_text(cache.folder() / "cache", "a file where the folder should be");
  FakeRoom room;
  FakeBackend backend(room, card("card", {kGood}));
  CHECK_NOTHROW(check_before_use(backend, model(), everything(model()), 8, Precision::kFp32));
  CHECK(trust_in(backend, model().info(), Precision::kFp32) == Trust::kNotChecked);
}

TEST_CASE("the trial of a request is a small request of the same kind") {
  Request request = everything(model());
  request.rows.resize(5000);
  for (std::uint32_t i = 0; i < 5000; ++i) request.rows[i] = 2 * i;
  request.columns = 5000;
  Request trial = trial_of(request);
  CHECK(trial.targets.size() == 1);
  CHECK(trial.rows.size() > 100);
  CHECK(trial.rows.size() <= 512);
  CHECK(trial.rows.front() == 0);
  CHECK(trial.rows.back() == 9998);
  CHECK(trial.columns == trial.rows.size());
  CHECK(trial.positions.empty());

  for (std::uint32_t i = 0; i < 5000; ++i) request.positions.push_back(3 * i + 1);
  request.columns = 20000;
  trial = trial_of(request);
  CHECK(trial.columns == 20000);
  REQUIRE(trial.positions.size() == trial.rows.size());
  CHECK(trial.positions.back() == 3 * 4999 + 1);
}
