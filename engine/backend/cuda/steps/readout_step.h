// One subject's readout in one kernel, products of masks and images never stored.
#pragma once

#include "engine/backend/cuda/numerics.h"
#include "engine/backend/cuda/steps/readout_operands.h"
#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

class ReadoutStep final : public Step {
 public:
  // target: index of its responses in the batch; subject: for people.
  ReadoutStep(std::string subject, const kernels::cuda::Card& card, const ReadoutOperands& operands,
              const ReadoutResult& result)
      : subject_(std::move(subject)), card_(card), operands_(operands), result_(result) {}

  std::string name() const override;
  Work work() const override { return operands_.work(); }
  void run(const Batch& batch) const override;
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  std::string subject_;
  kernels::cuda::Card card_;
  ReadoutOperands operands_;
  ReadoutResult result_;
};

}  // namespace corticast::cuda
