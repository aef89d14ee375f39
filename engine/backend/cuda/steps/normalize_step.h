// 8-bit pixels of the batch to the core's input.
#pragma once

#include "engine/backend/cuda/numerics.h"
#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

class NormalizeStep final : public Step {
 public:
  // table: [3][256] float32; y: [images, 3, 224, 224], or [images, 224, 224, input_channels] with
  // channels last.
  NormalizeStep(const Numerics& numerics, std::size_t images, const float* table, void* y)
      : numerics_(numerics), images_(images), table_(table), y_(y) {}

  std::string name() const override;
  Work work() const override;
  void run(const Batch& batch) const override;
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  Numerics numerics_;
  std::size_t images_;
  const float* table_;
  void* y_;
};

}  // namespace corticast::cuda
