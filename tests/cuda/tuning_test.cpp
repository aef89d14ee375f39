// Plans chosen by the clock of a simulated card, and what is remembered of them.
#include <algorithm>

#include "engine/backend/cuda/core_tuning.h"
#include "engine/backend/cuda/cuda_backend.h"
#include "engine/backend/cuda/tuning_file.h"
#include "engine/base/cache_folder.h"
#include "tests/cuda/cards.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"
#include "tests/support/variable.h"

using namespace corticast;
using namespace corticast::cuda;
using namespace corticast::test;

namespace {

namespace sim = cuda_sim::runtime;

class Cache {
 public:
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  Variable variable_{"CORTICAST_CACHE", folder_.path().c_str()};
};

// Two shapes, the second twice.
std::vector<ConvolutionProblem> problems_of(const Device& device, Precision precision) {
  const Numerics numerics = numerics_of(precision, device);
  const ConvolutionProblem wide{{16, 16, 3, 1, 24, 24}, 2, numerics};
  const ConvolutionProblem narrow{{16, 32, 5, 2, 12, 12}, 3, numerics};
  return {narrow, wide, wide};
}

bool says(const CoreTuning& tuning, const std::string& text) {
  return std::ranges::any_of(tuning.notes, [&text](const std::string& note) {
    return note.find(text) != std::string::npos;
  });
}

std::vector<std::string> candidates(const ConvolutionProblem& problem) {
  const CudnnHandle handle;
  Search search;
  std::vector<std::string> names;
  for (const ConvolutionPlan& plan : first_plans(handle, problem, 5, search)) {
    names.push_back(plan.name);
  }
  return names;
}

void flip_last_digit(std::string& text) {
  char& digit = text.at(text.size() - 2);
  digit = digit == '0' ? '1' : '0';
}

}  // namespace

TEST_CASE("tuning times the allowed plans once and remembers its choice") {
  const Cache cache;
  play("a100");
  const Device device = open_device(0);
  for (const Precision precision : {Precision::kFp32, Precision::kFp16}) {
    const auto problems = problems_of(device, precision);
    CHECK(remembered_tuning(device, problems).plans.empty());
    const std::uint64_t before = sim::totals().library_calls;
    const CoreTuning tuning = tune_core(device, problems);
    CHECK(says(tuning, "timed and kept in " + cache.folder().path().string()));
    REQUIRE(tuning.plans.size() == 3);
    CHECK(tuning.plans[1] == tuning.plans[2]);
    std::uint64_t runs = 0;
    for (std::size_t k = 0; k < 2; ++k) {
      const std::vector<std::string> names = candidates(problems[k]);
      CHECK(std::ranges::count(names, tuning.plans[k]) == 1);
      REQUIRE(names.size() > 1);
      runs += 6 * names.size();
    }
    CHECK(sim::totals().library_calls - before == runs);

    const CoreTuning again = tune_core(device, problems);
    CHECK(again.plans == tuning.plans);
    CHECK(says(again, "as timed before"));
    CHECK(remembered_tuning(device, problems).plans == tuning.plans);
    CHECK(sim::totals().library_calls - before == runs);
  }
  check_clean();
  CHECK(sim::leaks().empty());
}

TEST_CASE("a damaged memory of tuned plans is ignored, said, and written anew") {
  const Cache cache;
  play("t4");
  const Device device = open_device(0);
  const std::vector<ConvolutionProblem> problems = {
      problems_of(device, Precision::kFp32Strict).front()};
  const TuningFile file(device, problems);
  tune_core(device, problems);
  const std::string good = read_cached(file.name()).value();
  std::string flipped = good;
  flip_last_digit(flipped);
  std::string other = good;
  other.replace(other.find(": eng"), 5, ": gne");
  for (const std::string& bad :
       {flipped, other, good.substr(0, good.size() / 2), good + "\n", std::string(), "x" + good}) {
    REQUIRE(write_cached(file.name(), bad));
    CHECK(remembered_tuning(device, problems).plans.empty());
    const CoreTuning tuning = tune_core(device, problems);
    CHECK(says(tuning, "damaged"));
    CHECK(tuning.plans.size() == 1);
    CHECK(file.plans(read_cached(file.name()).value()) == tuning.plans);
  }
}

TEST_CASE("tuning without a place to remember works and says so") {
  const TemporaryFolder folder;
  write_text(folder / "file", "");
  const Variable nowhere("CORTICAST_CACHE", (folder / "file").c_str());
  play("t4");
  const Device device = open_device(0);
  const std::vector<ConvolutionProblem> problems = {
      problems_of(device, Precision::kFp32Strict).front()};
  const CoreTuning tuning = tune_core(device, problems);
  CHECK(tuning.plans.size() == 1);
  CHECK(says(tuning, "could not be kept"));
}

TEST_CASE("plans are remembered for one card, precision and batch") {
  play("a100");
  const Device device = open_device(0);
  const auto name = [&](const std::vector<ConvolutionProblem>& problems) {
    return TuningFile(device, problems).name();
  };
  const auto fp16 = problems_of(device, Precision::kFp16);
  CHECK(name(fp16) == name(problems_of(device, Precision::kFp16)));
  CHECK(name(fp16) != name(problems_of(device, Precision::kBf16)));
  auto larger = fp16;
  larger.back().images = 4;
  CHECK(name(fp16) != name(larger));
  Device other = device;
  other.name = "another card";
  CHECK(name(fp16) != TuningFile(other, fp16).name());
}

TEST_CASE("a named plan is used when cuDNN offers it, else its first choice") {
  play("a100");
  const Device device = open_device(0);
  const CudnnHandle handle;
  const ConvolutionProblem problem = problems_of(device, Precision::kFp16).front();
  const std::vector<std::string> names = candidates(problem);
  REQUIRE(names.size() > 2);
  for (const std::string& name : names) CHECK(named_plan(handle, problem, name).name == name);
  CHECK(named_plan(handle, problem, "eng999").name == names.front());
}

TEST_CASE("a tuned program says so and gives the goldens") {
  const Cache cache;
  play("a100");
  const ConvertedModel model("tiny_zip");
  const auto backend = open_cuda_backend(0);
  Method method(Precision::kFp32);
  const auto untuned = backend->compile(*model, everything(*model), 1, method);
  CHECK(untuned->findings().notes.empty());
  method.tune = true;
  const auto tuned = backend->compile(*model, everything(*model), 1, method);
  REQUIRE(tuned->findings().notes.size() == 1);
  CHECK_THAT(tuned->findings().notes.front(), contains("convolution plans timed and kept in "));
  const auto again = backend->compile(*model, everything(*model), 1, method);
  CHECK_THAT(again->findings().notes.front(), contains("as timed before"));
  check_clean();
}
