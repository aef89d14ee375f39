// Every step of the core against what the reference model computes inside.
#include <algorithm>
#include <cmath>

#include "engine/backend/cpu/cnn_core.h"
#include "engine/backend/cpu/core_plan.h"
#include "kernels/cpu/threads.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr double kRelativeL2 = 3e-6;
constexpr double kRelativeMax = 5e-6;

struct Step {
  std::vector<float> data;  // [side, side, C]
  int side = 0;
};

// "block3", "pool2" and so on, as the goldens call what a stage makes.
std::string golden_name(const cpu::CoreStage& stage, int& pools) {
  if (const auto* direct = std::get_if<cpu::DirectStage>(&stage)) {
    return "block" + std::to_string(direct->block + 1);
  }
  const auto* winograd = std::get_if<cpu::WinogradStage>(&stage);
  if (winograd != nullptr && !winograd->halve) return "block" + std::to_string(winograd->block + 1);
  return "pool" + std::to_string(++pools);
}

std::map<std::string, Step> run_core(const Model& model, const std::string& image,
                                     Precision precision) {
  const cpu::CpuMethod method{1, kernels::cpu::available_isas().back(), precision};
  const auto channels = static_cast<std::size_t>(model.info().channels);
  std::vector<float> features(cnn8::kPositions * channels);
  const cpu::CnnCore core(model, method, {features.data()});
  const kernels::cpu::ThreadScope scope(1);
  const cpu::Batch batch{
      photographs().pixels.data() + photograph_index(image) * kImageBytes, 0, 1, {}};
  core.steps().front()->run(batch);
  std::map<std::string, Step> steps;
  int pools = 0;
  const auto plan = cpu::core_plan(model.info().channels, precision);
  REQUIRE(plan.size() + 1 == core.steps().size());
  for (std::size_t k = 0; k < plan.size(); ++k) {
    cpu::Step& step = *core.steps()[k + 1];
    step.run(batch);
    const std::span<const float> made = step.output(batch);
    const auto side = static_cast<int>(std::lround(std::sqrt(made.size() / channels)));
    steps[golden_name(plan[k], pools)] = {{made.begin(), made.end()}, side};
  }
  return steps;
}

void check_against_goldens(const std::map<std::string, Step>& steps, std::size_t channels) {
  const auto golden = load_npz(data_path("goldens/intermediates.npz"));
  for (const auto& [name, step] : steps) {
    INFO(name);
    const auto pixels = static_cast<std::size_t>(step.side) * static_cast<std::size_t>(step.side);

    const Array& kept = golden.at(name);  // float32 [k, H, W] of the channels kept
    const Array& which = golden.at(name + "_channels");
    REQUIRE(kept.shape == std::vector<std::uint64_t>{which.items(),
                                                     static_cast<std::uint64_t>(step.side),
                                                     static_cast<std::uint64_t>(step.side)});
    std::vector<float> got;
    for (std::size_t k = 0; k < which.items(); ++k) {
      REQUIRE(which.dtype == "<i4");
      const auto channel = static_cast<std::size_t>(which.as<std::int32_t>()[k]);
      for (std::size_t p = 0; p < pixels; ++p) got.push_back(step.data[p * channels + channel]);
    }
    const std::vector<double> expected(kept.as<float>(), kept.as<float>() + kept.items());
    // The float32 reference carries its own rounding (up to 1.2e-6); both together stay in bounds.
    const Distance error = distance(got.data(), expected.data(), got.size());
    CHECK(error.relative_l2 <= kRelativeL2);
    CHECK(error.relative_max <= kRelativeMax);

    std::vector<float> means, largest;
    for (std::size_t c = 0; c < channels; ++c) {
      double sum = 0;
      float most = step.data[c];
      for (std::size_t p = 0; p < pixels; ++p) {
        sum += static_cast<double>(step.data[p * channels + c]);
        most = std::max(most, step.data[p * channels + c]);
      }
      means.push_back(static_cast<float>(sum / static_cast<double>(pixels)));
      largest.push_back(most);
    }
    const Array& mean = golden.at(name + "_chan_mean_f64");
    const Array& max = golden.at(name + "_chan_max_f64");
    REQUIRE(mean.items() == channels);
    CHECK(distance(means.data(), mean.as<double>(), channels).relative_max <= kRelativeMax);
    CHECK(distance(largest.data(), max.as<double>(), channels).relative_max <= kRelativeMax);
  }
}

}  // namespace

TEST_CASE("activations after every step are the reference model's") {
  const ConvertedModel model("multihead_zip");
  const auto channels = static_cast<std::size_t>(model->info().channels);
  const auto direct = run_core(*model, "rocket_400x267_420.jpg", Precision::kFp32Strict);
  CHECK(direct.size() == 12);  // 8 blocks, 4 pools
  check_against_goldens(direct, channels);
  // Winograd's algorithm pools blocks 2, 4 and 6 on the way.
  const auto winograd = run_core(*model, "rocket_400x267_420.jpg", Precision::kFp32);
  CHECK(winograd.size() == 9);
  check_against_goldens(winograd, channels);
}

TEST_CASE("the core's output equals the float64 golden with rows before columns") {
  const auto golden = load_npz(data_path("goldens/intermediates.npz"));
  const ConvertedModel model("multihead_zip");
  const Precision precision = GENERATE(Precision::kFp32, Precision::kFp32Strict);
  const Step pool4 = run_core(*model, "rocket_400x267_420.jpg", precision).at("pool4");
  const Array& expected = golden.at("pool4_f64");  // [16, 26, 26]
  REQUIRE(expected.items() == pool4.data.size());
  const auto channels = static_cast<std::size_t>(model->info().channels);
  std::vector<float> chw(pool4.data.size());
  for (std::size_t p = 0; p < 676; ++p) {
    for (std::size_t c = 0; c < channels; ++c) chw[c * 676 + p] = pool4.data[p * channels + c];
  }
  const Distance error = distance(chw.data(), expected.as<double>(), chw.size());
  CHECK(error.relative_l2 <= kRelativeL2);
  CHECK(error.relative_max <= kRelativeMax);
}
