#include "engine/backend/cpu/steps/winograd.h"

#include "engine/backend/cpu/steps/convolution.h"
#include "engine/backend/cpu/steps/sample.h"

namespace corticast::cpu {

WinogradStep::WinogradStep(const CoreLayer& layer, const WinogradStage& stage,
                           kernels::cpu::Isa isa, Activations from, Activations to, float* scratch)
    : layer_(layer),
      stage_(stage),
      convolution_(stage.shape, stage.halve, layer.weight, layer.bias, isa),
      from_(from),
      to_(to),
      scratch_(scratch) {}

std::string WinogradStep::name() const {
  return "block " + std::to_string(stage_.block + 1) + ": Winograd " + describe(stage_.shape) +
         (stage_.halve ? ", pooled 2x2" : "");
}

Work WinogradStep::work(std::size_t images) const {
  const kernels::Conv2dShape& s = stage_.shape;
  Work work = convolution_work(s, output_floats(stage_), images);
  constexpr int kTile = 8;  // of the input; 64 products for each tile and pair of channels
  const int made = kTile - s.kernel + 1;
  const int tiles = ((s.out_height() + made - 1) / made) * ((s.out_width() + made - 1) / made);
  work.executed =
      2.0 * kTile * kTile * tiles * s.in_channels * s.out_channels * static_cast<double>(images);
  return work;
}

void WinogradStep::run(const Batch& batch) {
  convolution_.run(from_.of(batch.first), to_.of(batch.first), scratch_);
}

std::span<float> WinogradStep::output(const Batch& batch) const {
  return {to_.of(batch.first), output_floats(stage_)};
}

double WinogradStep::reference_at(const float* x, int row, int column, int channel) const {
  return kernels::reference::conv2d_bias_relu_at(stage_.shape, x, layer_.weight, layer_.bias, row,
                                                 column, channel);
}

void WinogradStep::verify(const Batch& batch, Comparison& comparison) const {
  const std::span<const float> made = output(batch);
  const float* const x = from_.of(batch.first);
  const int part = stage_.halve ? 2 : 1;
  for (const std::size_t k : sample_indices(made.size(), kSamples)) {
    const Place at(k, stage_.shape.out_width() / part, stage_.shape.out_channels);
    double sum = 0;
    for (int i = 0; i < part; ++i) {
      for (int j = 0; j < part; ++j) {
        sum += reference_at(x, at.row * part + i, at.column * part + j, at.channel);
      }
    }
    comparison.add(static_cast<double>(made[k]), sum / (part * part));
  }
}

}  // namespace corticast::cpu
