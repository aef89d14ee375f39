// One subject's functionals of vertices (ROI means, a user's matrix), folded.
#pragma once

#include <memory>
#include <string>

#include "engine/atlas/reduction.h"
#include "engine/backend/cpu/steps/readout.h"
#include "kernels/functionals.h"

namespace corticast::cpu {

class FoldedReadoutStep final : public Step {
 public:
  // Folds the reduction of the task's rows, under the caller's OpenMP threads. scratch:
  // FoldedReadout::scratch_bytes() of the largest batch, the network's. Results go straight into
  // the batch's responses, whose columns are the reduction's outputs.
  FoldedReadoutStep(ReadoutTask task, std::shared_ptr<const Reduction> reduction,
                    kernels::cpu::Isa isa, float* scratch);

  std::string name() const override;
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  void verify(const Batch& batch, Comparison& comparison) const override;
  // Means cancel more than responses do.
  double bound() const override { return 2e-6; }

 private:
  ReadoutTask task_;
  std::shared_ptr<const Reduction> reduction_;
  kernels::cpu::FoldedReadout folded_;
  float* scratch_;
};

}  // namespace corticast::cpu
