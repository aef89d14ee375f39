// One image's pixels to normalised floats.
#pragma once

#include "engine/backend/cpu/steps/step.h"

namespace corticast::cpu {

class NormaliseStep final : public Step {
 public:
  // to: [224, 224, 3] of one image.
  explicit NormaliseStep(Activations to) : to_(to) {}

  std::string name() const override { return "normalise"; }
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  void verify(const Batch& batch, Comparison& comparison) const override;
  double bound() const override { return 0; }

 private:
  Activations to_;
};

}  // namespace corticast::cpu
