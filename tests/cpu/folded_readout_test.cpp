// Functionals of vertices that the CPU folds. CPU, float32: within 2e-6 of the responses' RMS times
// the output's absolute weights of what the readouts make of the same images.
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

const std::vector<std::size_t> kOrder = {3, 11, 0, 18, 7};

// Every third vertex; means of 1, 2, ... of them, a mean of none, and of all.
Request means(const Model& model, std::size_t outputs) {
  Request request = everything(model);
  request.rows.clear();
  for (std::uint32_t row = 1; row < model.info().vertices; row += 3) request.rows.push_back(row);
  const std::size_t rows = request.rows.size();
  Reduction reduction;
  reduction.kind = "matrix";
  reduction.begin = {0};
  for (std::size_t o = 0; o < outputs; ++o) {
    const std::size_t terms = o + 1 == outputs ? rows : o == 2 ? 0 : o + 1;
    for (std::size_t k = 0; k < terms; ++k) {
      reduction.row.push_back(static_cast<std::uint32_t>((k + (terms < rows ? o : 0)) % rows));
      reduction.weight.push_back(1.0 / static_cast<double>(terms));
    }
    reduction.names.push_back(std::to_string(o));
    reduction.begin.push_back(reduction.row.size());
  }
  request.columns = static_cast<std::uint32_t>(outputs);
  request.reduction = std::make_shared<const Reduction>(std::move(reduction));
  return request;
}

Request vertices_of(Request request) {
  request.reduction = nullptr;
  request.columns = static_cast<std::uint32_t>(request.rows.size());
  return request;
}

}  // namespace

TEST_CASE("folded readouts equal the means of the responses for every instruction set") {
  const ConvertedModel model("multihead_zip");
  const Request request = means(*model, 9);
  const Reduction& reduction = *request.reduction;
  const std::size_t rows = request.rows.size();
  for (const kernels::cpu::Isa isa : kernels::cpu::available_isas()) {
    const auto backend = cpu::open_cpu_backend(2, isa);
    const auto full = run(*backend, *model, vertices_of(request), {3, 11}, 2);
    const auto got = run(*backend, *model, request, {3, 11}, 2);
    REQUIRE(got.size() == 2);
    for (std::size_t t = 0; t < got.size(); ++t) {
      double squares = 0;
      for (const float y : full[t]) squares += static_cast<double>(y) * static_cast<double>(y);
      const double rms = std::sqrt(squares / static_cast<double>(full[t].size()));
      REQUIRE(got[t].size() == 2 * 9);
      for (std::size_t i = 0; i < got[t].size(); ++i) {
        const std::size_t o = i % 9;
        INFO(kernels::cpu::to_string(isa) << " target " << t << " output " << o);
        if (o == 2) {
          CHECK(std::isnan(got[t][i]));
          continue;
        }
        double mean = 0;
        for (std::size_t k = reduction.begin[o]; k < reduction.begin[o + 1]; ++k) {
          mean +=
              reduction.weight[k] * static_cast<double>(full[t][i / 9 * rows + reduction.row[k]]);
        }
        CHECK(std::abs(static_cast<double>(got[t][i]) - mean) <= 2e-6 * rms);
      }
    }
  }
}

TEST_CASE("folded readouts have the same bits at any batch size and thread count") {
  const ConvertedModel model("tiny_zip");
  const Request request = means(*model, 7);
  const auto expected = run(*cpu::open_cpu_backend(1), *model, request, kOrder, 5);
  const auto same = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  for (const auto& [threads, batch] : {std::pair{1u, 1u}, {2u, 3u}, {3u, 2u}, {2u, 8u}}) {
    const auto got = run(*cpu::open_cpu_backend(threads), *model, request, kOrder, batch);
    for (std::size_t t = 0; t < expected.size(); ++t) {
      INFO(threads << " threads, batch " << batch << ", target " << t);
      CHECK(std::equal(got[t].begin(), got[t].end(), expected[t].begin(), expected[t].end(), same));
    }
  }
}

TEST_CASE("folded readouts are steps that are checked, timed and planned for") {
  const ConvertedModel model("tiny_zip");
  const auto backend = cpu::open_cpu_backend(2);
  const Request request = means(*model, 9);
  const auto checks = backend->selftest(*model, request, 3, Precision::kFp32);
  const StepCheck& check = checks.back();
  const std::string vertices = std::to_string(request.rows.size());
  INFO(check.step << ": rms " << check.rms_error << ", max " << check.max_error);
  CHECK(check.step == "readout: folded readout, 9 outputs of " + vertices + " vertices");
  CHECK(check.values == 2 * 9);
  CHECK(check.rms_error > 0);
  CHECK(check.passed());
  const auto times = backend->measure(*model, request, 3, Precision::kFp32, 2);
  CHECK(times.back().seconds.size() == 2);
  const double image = 676.0 * model->info().channels;
  CHECK(times.back().executed_flops == 2 * 3 * 9 * image);
  CHECK(times.back().flops > 2 * 3 * static_cast<double>(request.rows.size()) * image);
  CHECK(times.back().bytes >= (9 + 3) * image * sizeof(float));
  for (const StepTime& time : times) CHECK(time.step.find("pack") == std::string::npos);

  const auto planned = [&](std::size_t outputs, std::size_t batch) {
    return static_cast<double>(
        backend->planned_memory(*model, means(*model, outputs), batch, Precision::kFp32).host);
  };
  // A float for each position and channel of each output.
  CHECK(planned(20, 1) - planned(10, 1) >= 10 * image * sizeof(float));
  CHECK(planned(10, 4) - planned(10, 1) >= 3 * image * sizeof(float));
}

TEST_CASE("a folded readout that is wrong fails its selftest") {
  const ConvertedModel model("tiny_zip");
  const Request request = means(*model, 5);
  const cpu::CpuMethod method{1, kernels::cpu::available_isas().back()};
  const cpu::Network network(*model, request, 1, method);
  std::vector<std::uint8_t> pixels(kImageBytes);
  fill_with_noise(pixels.data(), pixels.size());
  std::vector<std::vector<float>> responses(network.targets(), std::vector<float>(5));
  std::vector<float*> targets;
  targets.reserve(responses.size());
  for (auto& target : responses) targets.push_back(target.data());
  const kernels::cpu::ThreadScope scope(1);
  network.walk({pixels.data(), 0, 1, targets}, [&](cpu::Step& step, const cpu::Batch& batch) {
    step.run(batch);
    if (step.name().find("folded") == std::string::npos) return;
    for (const float fault : {0.0f, 0.001f, NAN}) {
      for (const std::size_t o : {std::size_t{0}, std::size_t{2}}) {
        float& value = step.output(batch)[o];
        const float kept = value;
        // The mean of no vertices must not be a number.
        value = o == 2 && fault != 0 ? 1.0f : value + fault;
        Comparison comparison;
        step.verify(batch, comparison);
        value = kept;
        INFO(step.name() << ", fault " << fault << " in output " << o);
        CHECK(comparison.result("", step.bound()).passed() == (fault == 0));
      }
    }
  });
}
