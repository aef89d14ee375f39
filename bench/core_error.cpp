#include "bench/core_error.h"

#include "bench/exact_core.h"
#include "engine/backend/comparison.h"
#include "engine/backend/cpu/cnn_core.h"
#include "engine/base/instruction_set.h"
#include "kernels/cpu/threads.h"

namespace corticast::bench {
namespace {

std::vector<float> core_of(const Model& model, const cpu::CpuMethod& method,
                           const std::vector<std::uint8_t>& pixels) {
  std::vector<float> features(static_cast<std::size_t>(model.info().channels) * cnn8::kPositions);
  const cpu::CnnCore core(model, method, {features.data(), 0});
  for (const auto& step : core.steps()) step->run({pixels.data(), 0, 1, {}});
  return features;
}

}  // namespace

Row core_error_row(const Machine& machine, const Model& model, const ImageSource& images,
                   const Method& method, const Conditions& where) {
  if (!machine.is_cpu()) {
    throw Error(ErrorCode::kDevice, "core-error: only the CPU's core can be compared",
                "Use --device cpu; stages --check compares the steps of every device.");
  }
  const bool direct = method.precision == Precision::kFp32Strict;
  if (!direct && method.precision != Precision::kFp32) {
    throw Error(ErrorCode::kDevice,
                "core-error: the core has no precision " + to_string(method.precision),
                "Use --precision fp32 or fp32-strict.");
  }
  const kernels::cpu::ThreadScope scope(machine.threads());
  std::vector<std::uint8_t> pixels(kImageBytes);
  images.load(0, pixels.data());
  const std::vector<float> got =
      core_of(model, {machine.threads(), chosen_isa(), method.precision}, pixels);
  const std::vector<double> expected = exact_core(model.verified_core(), pixels.data());
  Comparison comparison;
  for (std::size_t k = 0; k < got.size(); ++k) {
    comparison.add(static_cast<double>(got[k]), expected[k]);
  }
  Row row;
  row.where = where;
  row.stage = "core against float64";
  row.images = 1;
  row.check = comparison.result(row.stage, direct ? 3e-6 : 8e-6);
  return row;
}

}  // namespace corticast::bench
