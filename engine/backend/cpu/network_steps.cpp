#include "engine/backend/cpu/network_steps.h"

#include <algorithm>

#include "engine/backend/backend.h"

namespace corticast::cpu {
namespace {

double square(int side) {
  return static_cast<double>(side) * side;
}

std::string side_by_side(int side) {
  return std::to_string(side) + "x" + std::to_string(side);
}

// values: floats read and written.
double floats(double values) {
  return 4 * values;
}

void add_core(std::vector<NetworkStep>& steps, int channels, double images) {
  int in_channels = cnn8::kInputChannels;
  int side = cnn8::kInputSide;
  for (std::size_t k = 0; k < cnn8::kBlocks.size(); ++k) {
    const cnn8::Block& block = cnn8::kBlocks[k];
    const std::string label = "block " + std::to_string(k + 1) + ": ";
    const int conv_side = cnn8::conv_side(side, block);
    const double terms = square(block.kernel) * in_channels;
    const double inputs = images * square(side) * in_channels;
    const double outputs = images * square(conv_side) * channels;
    steps.push_back(
        {StepKind::kConvolution,
         k,
         {label + "convolution " + side_by_side(block.kernel) + ", " + std::to_string(in_channels) +
              " -> " + std::to_string(channels) + ", " + side_by_side(conv_side),
          {},
          2 * outputs * terms,
          floats(inputs + outputs + (terms + 1) * channels)}});
    in_channels = channels;
    side = cnn8::pool_side(conv_side, block.pool);
    if (block.pool == cnn8::Pool::kNone) continue;
    const double pooled = images * square(side) * channels;
    steps.push_back({StepKind::kPool,
                     k,
                     {label + "average pool 2x2, stride " +
                          (block.pool == cnn8::Pool::kHalve ? "2, " : "1, ") + side_by_side(side),
                      {},
                      0,
                      floats(outputs + pooled)}});
  }
}

}  // namespace

std::vector<NetworkStep> network_steps(const ModelInfo& model, const Request& request,
                                       std::size_t batch) {
  const auto images = static_cast<double>(batch);
  const auto rows = static_cast<double>(request.rows.size());
  const double image = static_cast<double>(cnn8::kPositions) * model.channels;
  const auto pixels = static_cast<double>(kImageBytes);
  std::vector<NetworkStep> steps;
  steps.push_back(
      {StepKind::kNormalise, 0, {"normalise", {}, 0, images * (pixels + floats(pixels))}});
  add_core(steps, model.channels, images);
  steps.push_back(
      {StepKind::kPack, 0, {"pack for the readouts", {}, 0, floats(2 * images * image)}});
  for (std::size_t t = 0; t < request.targets.size(); ++t) {
    const std::string& name = request.targets[t].name;
    steps.push_back(
        {StepKind::kReadout,
         t,
         {name + ": readout, " + std::to_string(request.rows.size()) + " vertices",
          {},
          2 * images * rows * (image + model.channels),
          floats(rows * (cnn8::kPositions + model.channels + 1) + images * (image + rows))}});
    if (request.positions.empty()) continue;
    steps.push_back({StepKind::kScatter,
                     t,
                     {name + ": expand to " + std::to_string(request.columns) + " columns",
                      {},
                      0,
                      floats(images * (rows + static_cast<double>(request.columns)))}});
  }
  return steps;
}

std::size_t step_of(const std::vector<NetworkStep>& steps, const StepRun& run) {
  const auto found = std::ranges::find_if(steps, [&](const NetworkStep& step) {
    return step.kind == run.kind && step.index == run.index;
  });
  return static_cast<std::size_t>(found - steps.begin());
}

}  // namespace corticast::cpu
