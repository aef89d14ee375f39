// One normalised image's planes to the core's pixels.
#pragma once

#include "engine/backend/cpu/steps/step.h"

namespace corticast::cpu {

class InterleaveStep final : public Step {
 public:
  // to: [224, 224, 3] of one image.
  explicit InterleaveStep(Activations to) : to_(to) {}

  std::string name() const override { return "planes to pixels"; }
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  void verify(const Batch& batch, Comparison& comparison) const override;
  double bound() const override { return 0; }

 private:
  Activations to_;
};

}  // namespace corticast::cpu
