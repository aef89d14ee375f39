// The CPU vouches for itself and times itself; bounds of float32, relative to a step's rms.
#include <cmath>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/network.h"
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

// The steps that fail their check in a run in which `fault` was added to the first output of the
// step whose name holds `name`, after it had run and before it was verified.
std::vector<std::string> failed_with_fault(const Model& model, const Request& request,
                                           const std::string& name, float fault) {
  const cpu::CpuMethod method{1, kernels::cpu::available_isas().back()};
  const cpu::Network network(model, request, 1, method);
  std::vector<std::uint8_t> pixels(kImageBytes);
  fill_with_noise(pixels.data(), pixels.size());
  std::vector<std::vector<float>> responses(network.targets());
  std::vector<float*> targets;
  for (auto& target : responses) {
    target.resize(request.columns);
    targets.push_back(target.data());
  }
  const kernels::cpu::ThreadScope scope(1);
  std::vector<std::string> failed;
  int faults = 0;
  network.walk({pixels.data(), 0, 1, targets}, [&](cpu::Step& step, const cpu::Batch& batch) {
    step.run(batch);
    float& first = step.output(batch).front();
    const float kept = first;
    if (step.name().find(name) != std::string::npos) {
      first += fault;
      ++faults;
    }
    Comparison comparison;
    step.verify(batch, comparison);
    first = kept;
    if (!comparison.result(step.name(), step.bound()).passed()) failed.push_back(step.name());
  });
  REQUIRE(faults > 0);
  return failed;
}

}  // namespace

TEST_CASE("every step of the CPU passes its selftest") {
  const ConvertedModel model("multihead_zip");
  const bool strict = GENERATE(false, true);
  const std::size_t core = strict ? 8 + 4 : 8 + 1;  // Winograd pools on the way where it halves
  const Precision precision = strict ? Precision::kFp32Strict : Precision::kFp32;
  for (const kernels::cpu::Isa isa : kernels::cpu::available_isas()) {
    const auto backend = cpu::open_cpu_backend(2, isa);
    const auto checks = backend->selftest(*model, scattered(*model), 3, precision);
    REQUIRE(checks.size() == 1 + core + 2 + 2);  // a readout and a scatter for each subject
    CHECK(checks[0].step == "normalise");
    CHECK(checks[2].step == (strict ? "block 2: convolution 5x5, 16 -> 16, 222x222"
                                    : "block 2: Winograd 5x5, 16 -> 16, 222x222, pooled 2x2"));
    CHECK(checks[core].step == "block 8: average pool 2x2, stride 1, 26x26");
    CHECK(checks[core + 1].step == "readout: readout, 7 vertices");
    CHECK(checks[core + 2].step == "readout: expand to 64 columns");
    for (const StepCheck& check : checks) {
      INFO(kernels::cpu::to_string(isa)
           << " " << check.step << ": rms " << check.rms_error << ", max " << check.max_error);
      CHECK(check.passed());
      CHECK(check.values >= 14);
    }
    CHECK(checks[2].values > 2 * 1000);
    CHECK(checks[core + 2].values == 2 * 64);
  }
}

TEST_CASE("a step that is wrong fails its selftest, and no other does") {
  const ConvertedModel model("tiny_zip");
  Request request = everything(*model);
  request.rows = {2, 3};
  request.columns = 9;
  request.positions = {0, 8};
  const auto fault = [&](const std::string& step, float amount) {
    return failed_with_fault(*model, request, step, amount);
  };
  CHECK(fault("normalise", 0).empty());  // the fault is what makes the difference
  CHECK(fault("normalise", 1e-6f) == std::vector<std::string>{"normalise"});
  CHECK(fault("block 5:", 0.001f).size() == 1);
  CHECK(fault("block 8: average pool", 0.001f).size() == 1);
  CHECK(fault(": readout", 0.001f).size() == request.targets.size());
  CHECK(fault(": expand", 0.001f) ==
        std::vector<std::string>(request.targets.size(), "readout: expand to 9 columns"));
  CHECK(fault(": expand", NAN).size() == request.targets.size());
}

TEST_CASE("the CPU times every step, as often as asked") {
  const ConvertedModel model("tiny_zip");
  const auto backend = cpu::open_cpu_backend(1);
  const Request request = everything(*model);
  const auto times = backend->measure(*model, request, 2, Precision::kFp32, 3);
  REQUIRE(times.size() == 1 + 8 + 1 + 1 + request.targets.size());
  CHECK(times[10].step == "pack for the readouts");
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
  // Tiles of 4 x 4 outputs, 64 products a channel pair.
  CHECK(times[2].executed_flops == 2.0 * 2 * 56 * 56 * 64 * channels * channels);
  CHECK(times[1].executed_flops == 0);
  CHECK(times[9].step == "block 8: average pool 2x2, stride 1, 26x26");
  CHECK(times[9].flops == 0);
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
