// Convolution + bias + ReLU of one image, directly.
#pragma once

#include "engine/backend/cpu/cpu_method.h"
#include "engine/backend/cpu/steps/step.h"
#include "engine/model/model.h"
#include "kernels/conv2d.h"

namespace corticast::cpu {

class ConvolutionStep final : public Step {
 public:
  // layer: the model's, which must outlive the step; block: its number, from 0. scratch:
  // Conv2d::scratch_bytes().
  ConvolutionStep(const CoreLayer& layer, std::size_t block, const kernels::Conv2dShape& shape,
                  kernels::cpu::Isa isa, Activations from, Activations to, float* scratch);

  std::string name() const override;
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  void verify(const Batch& batch, Comparison& comparison) const override;
  double bound() const override { return 1e-6; }

 private:
  CoreLayer layer_;
  std::size_t block_;
  kernels::Conv2dShape shape_;
  kernels::cpu::Conv2d convolution_;
  Activations from_;
  Activations to_;
  float* scratch_;
};

// "5x5, 3 -> 384, 222x222": kernel, channels, output.
std::string describe(const kernels::Conv2dShape& shape);
// Of one image, direct, and the bytes of input, weights and output of `images`.
Work convolution_work(const kernels::Conv2dShape& shape, std::size_t outputs, std::size_t images);

}  // namespace corticast::cpu
