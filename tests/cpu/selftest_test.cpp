// The CPU vouches for itself and times itself; bounds of float32, relative to a step's rms.
#include <cmath>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/network.h"
#include "engine/backend/cpu/step_checker.h"
#include "engine/backend/noise.h"
#include "kernels/cpu/threads.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// Both subjects, some rows, spread over wider rows.
Request scattered(const Model& model) {
  Request request = everything(model);
  request.rows = {0, 1, 5, 48, 97, 98, 299};
  request.positions = {0, 2, 3, 50, 60, 61, 63};
  request.columns = 64;
  return request;
}

// The results of a run in which `fault` was added to the first output of the given step on its way
// to the checker.
std::vector<StepCheck> checks_with_fault(const Model& model, const Request& request,
                                         cpu::StepKind kind, std::size_t index, float fault) {
  const kernels::cpu::Isa isa = kernels::cpu::available_isas().back();
  cpu::Network network(model, request, 1, 1, isa);
  cpu::StepChecker checker(model, request, 1);
  std::vector<std::uint8_t> pixels(kImageBytes);
  fill_with_noise(pixels.data(), pixels.size());
  std::vector<std::vector<float>> responses(network.targets());
  std::vector<float*> targets;
  for (auto& target : responses) {
    target.resize(request.columns);
    targets.push_back(target.data());
  }
  const kernels::cpu::ThreadScope scope(1);
  network.run(pixels.data(), 1, targets, [&](cpu::StepRun run) {
    if (run.kind != kind || run.index != index) return checker.observe(run);
    float& first = const_cast<float&>(run.out[0]);
    const float kept = first;
    first += fault;
    checker.observe(run);
    first = kept;
  });
  return checker.results();
}

std::vector<std::string> failed(const std::vector<StepCheck>& checks) {
  std::vector<std::string> steps;
  for (const StepCheck& check : checks) {
    if (!check.passed()) steps.push_back(check.step);
  }
  return steps;
}

}  // namespace

TEST_CASE("every step of the CPU passes its selftest") {
  const ConvertedModel model("multihead_zip");
  for (const kernels::cpu::Isa isa : kernels::cpu::available_isas()) {
    const auto backend = cpu::open_cpu_backend(2, isa);
    const auto checks = backend->selftest(*model, scattered(*model), 3, Precision::kFp32);
    REQUIRE(checks.size() == 1 + 8 + 4 + 2 + 2);  // a readout and a scatter for each subject
    CHECK(checks[0].step == "normalise");
    CHECK(checks[2].step == "block 2: convolution 5x5, 16 -> 16, 222x222");
    CHECK(checks[3].step == "block 2: average pool 2x2, stride 2, 111x111");
    CHECK(checks[13].step == "readout: readout, 7 vertices");
    CHECK(checks[14].step == "readout: expand to 64 columns");
    for (const StepCheck& check : checks) {
      INFO(kernels::cpu::to_string(isa)
           << " " << check.step << ": rms " << check.rms_error << ", max " << check.max_error);
      CHECK(check.passed());
      CHECK(check.values >= 14);
    }
    CHECK(checks[2].values > 2 * 1000);
    CHECK(checks[14].values == 2 * 64);
  }
}

TEST_CASE("a step that is wrong fails its selftest, and no other does") {
  const ConvertedModel model("tiny_zip");
  Request request = everything(*model);
  request.rows = {2, 3};
  request.columns = 9;
  request.positions = {0, 8};
  using cpu::StepKind;
  const auto fault = [&](StepKind kind, std::size_t index, float amount) {
    return failed(checks_with_fault(*model, request, kind, index, amount));
  };
  CHECK(fault(StepKind::kNormalise, 0, 0).empty());  // the fault is what makes the difference
  CHECK(fault(StepKind::kNormalise, 0, 1e-6f) == std::vector<std::string>{"normalise"});
  CHECK(fault(StepKind::kConvolution, 4, 0.001f).size() == 1);
  CHECK(fault(StepKind::kPool, 7, 0.001f).front().starts_with("block 8: average pool"));
  CHECK(fault(StepKind::kReadout, 0, 0.001f).front().find(": readout") != std::string::npos);
  CHECK(fault(StepKind::kScatter, 0, 0.001f) ==
        std::vector<std::string>{"readout: expand to 9 columns"});
  CHECK(fault(StepKind::kScatter, 0, NAN).size() == 1);
}

TEST_CASE("the CPU times every step, as often as asked") {
  const ConvertedModel model("tiny_zip");
  const auto backend = cpu::open_cpu_backend(1);
  const Request request = everything(*model);
  const auto times = backend->measure(*model, request, 2, Precision::kFp32, 3);
  REQUIRE(times.size() == 1 + 8 + 4 + 1 + request.targets.size());
  CHECK(times[13].step == "pack for the readouts");
  double total = 0;
  for (const StepTime& time : times) {
    INFO(time.step);
    REQUIRE(time.seconds.size() == 3);
    for (const double seconds : time.seconds) {
      CHECK(seconds > 0);
      total += seconds;
    }
    CHECK(time.bytes > 0);
  }
  CHECK(total < 60);
  const double channels = model->info().channels;
  // Two images, two operations a product, 222 x 222 outputs of 25 taps a channel pair.
  CHECK(times[2].flops == 2.0 * 2 * 222 * 222 * 25 * channels * channels);
  CHECK(times[3].flops == 0);
}

TEST_CASE("what the CPU cannot compute, it neither checks nor times") {
  const ConvertedModel model("tiny_zip");
  const auto backend = cpu::open_cpu_backend(1);
  Method gemm;
  gemm.readout = ReadoutMethod::kGemm;
  for (const Method& method : {Method(Precision::kFp16), gemm}) {
    CHECK_THROWS_AS(backend->selftest(*model, everything(*model), 1, method), Error);
    CHECK_THROWS_AS(backend->measure(*model, everything(*model), 1, method, 1), Error);
    CHECK_THROWS_AS(backend->compile(*model, everything(*model), 1, method), Error);
  }
}
