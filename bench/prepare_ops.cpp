#include "bench/prepare_ops.h"

#include "bench/photographs.h"
#include "bench/statistics.h"
#include "engine/backend/backend.h"
#include "engine/backend/cpu/core_plan.h"
#include "engine/backend/noise.h"
#include "engine/base/instruction_set.h"
#include "engine/image/preprocess.h"
#include "kernels/functionals.h"
#include "kernels/winograd.h"

namespace corticast::bench {
namespace {

Row row_of(const std::string& stage, const Conditions& where) {
  Row row;
  row.where = where;
  row.stage = stage;
  return row;
}

}  // namespace

Row resize_row(std::size_t repetitions, const Conditions& where) {
  constexpr std::uint32_t kWidth = kPhotographWidth;
  constexpr std::uint32_t kHeight = kPhotographHeight;
  std::vector<std::uint8_t> image(std::size_t{kWidth} * kHeight * 3);
  fill_with_noise(image.data(), image.size());
  std::vector<std::uint8_t> resized(kImageBytes);
  Row row = row_of(
      "crop and resize " + std::to_string(kWidth) + "x" + std::to_string(kHeight) + ", 1 thread",
      where);
  row.where.threads = 1;
  row.images = 1;
  row.bytes = static_cast<double>(std::size_t{kHeight} * kHeight * 3 + kImageBytes);
  row.bounded_by_memory = false;  // they are in a cache
  row.seconds =
      time_of(repetitions, [&] { crop_resize(image.data(), kWidth, kHeight, resized.data()); });
  return row;
}

Row transform_row(const Model& model, std::size_t repetitions, const Conditions& where) {
  const kernels::cpu::Isa isa = chosen_isa();
  const std::vector<CoreLayer> layers = model.verified_core();
  std::vector<cpu::WinogradStage> stages;
  Row row = row_of("prepare: transform the filters of the core", where);
  for (const cpu::CoreStage& stage : cpu::core_plan(model.info().channels, Precision::kFp32)) {
    if (const auto* winograd = std::get_if<cpu::WinogradStage>(&stage)) {
      const kernels::Conv2dShape& s = winograd->shape;
      stages.push_back(*winograd);
      row.bytes += static_cast<double>(kernels::cpu::WinogradConv2d::packed_bytes(s, isa)) +
                   4.0 * s.kernel * s.kernel * s.in_channels * s.out_channels;
    }
  }
  row.seconds = time_of(repetitions, [&] {
    for (const cpu::WinogradStage& stage : stages) {
      const CoreLayer& layer = layers.at(stage.block);
      const kernels::cpu::WinogradConv2d made(stage.shape, stage.halve, layer.weight, layer.bias,
                                              isa);
    }
  });
  return row;
}

Row fold_row(const Model& model, const Request& request, std::size_t repetitions,
             const Conditions& where) {
  const Reduction& reduction = *request.reduction;
  const int channels = model.info().channels;
  const Target& target = request.targets.front();
  const Readout readout = model.verified_readout(target.readout, request.rows);
  const kernels::ReadoutWeights weights{channels, cnn8::kPositions, readout.spatial,
                                        readout.features, readout.bias};
  const double matrix = static_cast<double>(channels) * cnn8::kPositions;
  Row row = row_of(
      "prepare: fold " + std::to_string(reduction.outputs()) + " outputs of " + target.name, where);
  row.flops = 2 * matrix * static_cast<double>(reduction.row.size());
  row.executed_flops = row.flops;
  row.bytes = 4 * (static_cast<double>(request.rows.size()) * (cnn8::kPositions + channels + 1) +
                   matrix * static_cast<double>(reduction.outputs()));
  row.seconds = time_of(repetitions, [&] {
    const kernels::cpu::FoldedReadout folded(
        weights, request.rows, {reduction.begin, reduction.row, reduction.weight}, chosen_isa());
  });
  return row;
}

}  // namespace corticast::bench
