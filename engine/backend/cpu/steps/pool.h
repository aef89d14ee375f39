// Average pooling of one image.
#pragma once

#include "engine/backend/cpu/core_plan.h"
#include "engine/backend/cpu/steps/step.h"

namespace corticast::cpu {

class PoolStep final : public Step {
 public:
  PoolStep(const PoolStage& stage, Activations from, Activations to)
      : stage_(stage), from_(from), to_(to) {}

  std::string name() const override;
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  void verify(const Batch& batch, Comparison& comparison) const override;
  double bound() const override { return 2e-7; }

 private:
  PoolStage stage_;
  Activations from_;
  Activations to_;
};

}  // namespace corticast::cpu
