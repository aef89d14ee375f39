// One subject's responses at the chosen vertices.
#pragma once

#include <span>
#include <string>

#include "engine/backend/cpu/steps/step.h"
#include "kernels/readout.h"

namespace corticast::cpu {

// What a readout step computes, whatever way it does.
struct ReadoutTask {
  std::string target;               // "NSD-01"
  std::size_t index;                // of Batch::responses
  kernels::ReadoutWeights weights;  // in the model, which must outlive the step
  std::span<const std::uint32_t> rows;
  Activations features;  // [676, C] of each image
};

// Compares a sample of made[images, task.rows] with the reference.
void verify_readout(const ReadoutTask& task, const Batch& batch, std::span<const float> made,
                    Comparison& comparison);
// With masks of `mask_bytes` a number.
Work readout_work(const ReadoutTask& task, std::size_t images, std::size_t mask_bytes);

class ReadoutStep final : public Step {
 public:
  // packed: what PackStep made of the features. to: [images, rows] with stride rows, or no data:
  // straight into the batch's responses, whose columns are the rows.
  ReadoutStep(ReadoutTask task, kernels::cpu::Isa isa, Activations packed, Activations to)
      : task_(std::move(task)), isa_(isa), packed_(packed), to_(to) {}

  std::string name() const override;
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  void verify(const Batch& batch, Comparison& comparison) const override;
  double bound() const override { return 1e-6; }

 private:
  ReadoutTask task_;
  kernels::cpu::Isa isa_;
  Activations packed_;
  Activations to_;
};

// Where a readout of `task` puts its results: `to` if that has data, else the batch's responses.
std::span<float> readout_output(const ReadoutTask& task, Activations to, const Batch& batch);

}  // namespace corticast::cpu
