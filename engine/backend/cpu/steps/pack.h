// Feature maps in the order in which the readout kernel reads them.
#pragma once

#include "engine/backend/cpu/steps/step.h"
#include "kernels/readout.h"

namespace corticast::cpu {

class PackStep final : public Step {
 public:
  // from: [676, C] of each image; to: packed_image_floats() of each image.
  PackStep(int channels, kernels::cpu::Isa isa, Activations from, Activations to)
      : channels_(channels), isa_(isa), from_(from), to_(to) {}

  std::string name() const override { return "pack for the readouts"; }
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  // Nothing: the readouts are verified against the feature maps as they were before packing.
  void verify(const Batch&, Comparison&) const override {}
  double bound() const override { return 0; }

 private:
  int channels_;
  kernels::cpu::Isa isa_;
  Activations from_;
  Activations to_;
};

}  // namespace corticast::cpu
