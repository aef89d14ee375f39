#include "engine/backend/cpu/step_checker.h"

#include <limits>

#include "engine/backend/backend.h"
#include "engine/image/preprocess.h"
#include "kernels/conv2d.h"
#include "kernels/pool2d.h"
#include "kernels/readout.h"

namespace corticast::cpu {
namespace {

// What float32 sums may lose, relative to the output's rms. Tables and copies lose nothing.
double bound_of(StepKind kind) {
  switch (kind) {
    case StepKind::kConvolution:
    case StepKind::kReadout:
      return 1e-6;
    case StepKind::kPool:
      return 2e-7;
    case StepKind::kNormalise:
    case StepKind::kPack:
    case StepKind::kScatter:
      break;
  }
  return 0;
}

// Side of the block's input.
int side_before(std::size_t block) {
  int side = cnn8::kInputSide;
  for (std::size_t k = 0; k < block; ++k) {
    side = cnn8::pool_side(cnn8::conv_side(side, cnn8::kBlocks[k]), cnn8::kBlocks[k].pool);
  }
  return side;
}

// Row, column and channel of element k of [height, width, channels].
struct Place {
  int row;
  int column;
  int channel;

  Place(std::size_t k, int width, int channels)
      : row(static_cast<int>(k / static_cast<std::size_t>(channels) /
                             static_cast<std::size_t>(width))),
        column(static_cast<int>(k / static_cast<std::size_t>(channels) %
                                static_cast<std::size_t>(width))),
        channel(static_cast<int>(k % static_cast<std::size_t>(channels))) {}
};

std::size_t volume(int height, int width, int channels) {
  return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
         static_cast<std::size_t>(channels);
}

}  // namespace

StepChecker::StepChecker(const Model& model, const Request& request, std::size_t images)
    : model_(model),
      request_(request),
      images_(images),
      core_(model.verified_core()),
      steps_(network_steps(model.info(), request, images)),
      comparisons_(steps_.size()) {}

void StepChecker::observe(const StepRun& run) {
  Comparison& comparison = comparisons_.at(step_of(steps_, run));
  switch (run.kind) {
    case StepKind::kNormalise:
      return check_normalise(run, comparison);
    case StepKind::kConvolution:
      return check_convolution(run, comparison);
    case StepKind::kPool:
      return check_pool(run, comparison);
    case StepKind::kPack:
      features_.insert(features_.end(), run.in,
                       run.in + volume(1, cnn8::kPositions, model_.info().channels));
      return;
    case StepKind::kReadout:
      return check_readout(run, comparison);
    case StepKind::kScatter:
      return check_scatter(run, comparison);
  }
}

std::vector<StepCheck> StepChecker::results() const {
  std::vector<StepCheck> results;
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    if (steps_[k].kind == StepKind::kPack) continue;
    results.push_back(comparisons_[k].result(steps_[k].report.step, bound_of(steps_[k].kind)));
  }
  return results;
}

void StepChecker::check_normalise(const StepRun& run, Comparison& comparison) const {
  const auto table = normalisation_table();
  for (const std::size_t k : sample_indices(kImageBytes, kSamples)) {
    comparison.add(static_cast<double>(run.out[k]),
                   static_cast<double>(table[k % 3 * 256 + run.pixels[k]]));
  }
}

void StepChecker::check_convolution(const StepRun& run, Comparison& comparison) const {
  const CoreLayer& layer = core_[run.index];
  const int side = side_before(run.index);
  const kernels::Conv2dShape shape{
      layer.in_channels, layer.out_channels, layer.block.kernel, layer.block.padding, side, side};
  const std::size_t outputs = volume(shape.out_height(), shape.out_width(), shape.out_channels);
  for (const std::size_t k : sample_indices(outputs, kSamples)) {
    const Place at(k, shape.out_width(), shape.out_channels);
    comparison.add(static_cast<double>(run.out[k]),
                   kernels::reference::conv2d_bias_relu_at(shape, run.in, layer.weight, layer.bias,
                                                           at.row, at.column, at.channel));
  }
}

void StepChecker::check_pool(const StepRun& run, Comparison& comparison) const {
  const cnn8::Block& block = cnn8::kBlocks[run.index];
  const int side = cnn8::conv_side(side_before(run.index), block);
  const kernels::Pool2dShape shape{model_.info().channels, side, side,
                                   block.pool == cnn8::Pool::kHalve ? 2 : 1};
  const std::size_t outputs = volume(shape.out_height(), shape.out_width(), shape.channels);
  for (const std::size_t k : sample_indices(outputs, kSamples)) {
    const Place at(k, shape.out_width(), shape.channels);
    comparison.add(
        static_cast<double>(run.out[k]),
        kernels::reference::pool2d_average_at(shape, run.in, at.row, at.column, at.channel));
  }
}

void StepChecker::check_readout(const StepRun& run, Comparison& comparison) const {
  const int channels = model_.info().channels;
  const Readout readout =
      model_.verified_readout(request_.targets[run.index].readout, request_.rows);
  const kernels::ReadoutWeights weights{channels, cnn8::kPositions, readout.spatial,
                                        readout.features, readout.bias};
  const std::size_t rows = request_.rows.size();
  for (std::size_t n = 0; n < images_; ++n) {
    const float* const x = features_.data() + n * volume(1, cnn8::kPositions, channels);
    for (const std::size_t i : sample_indices(rows, kReadoutSamples)) {
      double expected = 0;
      kernels::reference::readout(weights, {&request_.rows[i], 1}, x, 1, &expected);
      comparison.add(static_cast<double>(run.out[n * rows + i]), expected);
    }
  }
}

void StepChecker::check_scatter(const StepRun& run, Comparison& comparison) const {
  const std::size_t columns = request_.columns;
  const std::size_t rows = request_.rows.size();
  for (std::size_t n = 0; n < images_; ++n) {
    std::vector<float> expected(columns, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < rows; ++i) {
      expected.at(request_.positions[i]) = run.in[n * rows + i];
    }
    for (std::size_t c = 0; c < columns; ++c) {
      comparison.add(static_cast<double>(run.out[n * columns + c]),
                     static_cast<double>(expected[c]));
    }
  }
}

}  // namespace corticast::cpu
