#include "engine/backend/cpu/steps/convolution.h"

#include "engine/backend/cpu/core_plan.h"
#include "engine/backend/cpu/steps/sample.h"

namespace corticast::cpu {

std::string describe(const kernels::Conv2dShape& shape) {
  const auto by = [](int a, int b) { return std::to_string(a) + "x" + std::to_string(b); };
  return by(shape.kernel, shape.kernel) + ", " + std::to_string(shape.in_channels) + " -> " +
         std::to_string(shape.out_channels) + ", " + by(shape.out_height(), shape.out_width());
}

Work convolution_work(const kernels::Conv2dShape& s, std::size_t outputs, std::size_t images) {
  const double n = static_cast<double>(images);
  const double terms = static_cast<double>(s.kernel) * s.kernel * s.in_channels;
  const double results = static_cast<double>(s.out_height()) * s.out_width() * s.out_channels;
  const double inputs = static_cast<double>(s.height) * s.width * s.in_channels;
  const double flops = 2 * n * results * terms;
  const double values = n * (inputs + static_cast<double>(outputs)) + (terms + 1) * s.out_channels;
  return {flops, flops, values * sizeof(float)};
}

ConvolutionStep::ConvolutionStep(const CoreLayer& layer, std::size_t block,
                                 const kernels::Conv2dShape& shape, kernels::cpu::Isa isa,
                                 Activations from, Activations to, float* scratch)
    : layer_(layer),
      block_(block),
      shape_(shape),
      convolution_(shape, layer.weight, layer.bias, isa),
      from_(from),
      to_(to),
      scratch_(scratch) {}

std::string ConvolutionStep::name() const {
  return "block " + std::to_string(block_ + 1) + ": convolution " + describe(shape_);
}

Work ConvolutionStep::work(std::size_t images) const {
  return convolution_work(shape_, output_floats(DirectStage{block_, shape_}), images);
}

void ConvolutionStep::run(const Batch& batch) {
  convolution_.run(from_.of(batch.first), to_.of(batch.first), scratch_);
}

std::span<float> ConvolutionStep::output(const Batch& batch) const {
  return {to_.of(batch.first), output_floats(DirectStage{block_, shape_})};
}

void ConvolutionStep::verify(const Batch& batch, Comparison& comparison) const {
  const std::span<const float> made = output(batch);
  const float* const x = from_.of(batch.first);
  for (const std::size_t k : sample_indices(made.size(), kSamples)) {
    const Place at(k, shape_.out_width(), shape_.out_channels);
    comparison.add(static_cast<double>(made[k]),
                   kernels::reference::conv2d_bias_relu_at(shape_, x, layer_.weight, layer_.bias,
                                                           at.row, at.column, at.channel));
  }
}

}  // namespace corticast::cpu
