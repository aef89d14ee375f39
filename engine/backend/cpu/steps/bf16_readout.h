// One subject's responses at the chosen vertices from masks and feature maps in bf16, and the step
// before: packing feature maps for that. For processors with bf16_available().
#pragma once

#include "engine/backend/cpu/steps/readout.h"
#include "kernels/readout_bf16.h"

namespace corticast::cpu {

class Bf16PackStep final : public Step {
 public:
  // from: [676, C] of each image; to: packed_image_words() of each image, words of two bf16 that
  // only Bf16ReadoutStep reads.
  Bf16PackStep(int channels, Activations from, Activations to)
      : channels_(channels), from_(from), to_(to) {}

  std::string name() const override { return "pack in bf16 for the readouts"; }
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  // Nothing: the readouts are verified against the feature maps as they were before packing.
  void verify(const Batch&, Comparison&) const override {}
  double bound() const override { return 0; }

 private:
  int channels_;
  Activations from_;
  Activations to_;
};

class Bf16ReadoutStep final : public Step {
 public:
  // Rounds the masks with the caller's OpenMP threads. packed, to: as for ReadoutStep.
  Bf16ReadoutStep(const ReadoutTask& task, Activations packed, Activations to)
      : task_(task), readout_(task.weights, task.rows), packed_(packed), to_(to) {}

  std::string name() const override;
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  // Against the reference of masks and feature maps as they were before rounding, so that what a
  // reader sees is what bf16 costs: 2e-3 as a rule, more where a row's terms cancel.
  void verify(const Batch& batch, Comparison& comparison) const override;
  double bound() const override { return 1e-2; }

 private:
  ReadoutTask task_;
  kernels::cpu::Bf16Readout readout_;
  Activations packed_;
  Activations to_;
};

}  // namespace corticast::cpu
