// Convolution + bias + ReLU of one image by Winograd's algorithm, pooled where the block is.
#pragma once

#include "engine/backend/cpu/core_plan.h"
#include "engine/backend/cpu/steps/step.h"
#include "engine/model/model.h"
#include "kernels/winograd.h"

namespace corticast::cpu {

class WinogradStep final : public Step {
 public:
  // layer: the model's, which must outlive the step. scratch: WinogradConv2d::scratch_bytes().
  WinogradStep(const CoreLayer& layer, const WinogradStage& stage, kernels::cpu::Isa isa,
               Activations from, Activations to, float* scratch);

  std::string name() const override;
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  void verify(const Batch& batch, Comparison& comparison) const override;
  // Measured on noise with 384 channels: at most 1.7e-6 (corticast-bench stages --check).
  double bound() const override { return 5e-6; }

 private:
  double reference_at(const float* x, int row, int column, int channel) const;

  CoreLayer layer_;
  WinogradStage stage_;
  kernels::cpu::WinogradConv2d convolution_;
  Activations from_;
  Activations to_;
  float* scratch_;
};

}  // namespace corticast::cpu
