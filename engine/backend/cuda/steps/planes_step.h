// Normalised images of the batch to the core's input.
#pragma once

#include "engine/backend/cuda/counters.h"
#include "engine/backend/cuda/numerics.h"
#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

class PlanesStep final : public Step {
 public:
  // y: [images, 3, 224, 224], or [images, 224, 224, input_channels] with channels last. *overflows
  // += the values beyond the range of the numerics' element.
  PlanesStep(const Numerics& numerics, std::size_t images, void* y, Counter* overflows)
      : numerics_(numerics), images_(images), y_(y), overflows_(overflows) {}

  std::string name() const override;
  Work work() const override;
  void run(const Batch& batch) const override;
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  Numerics numerics_;
  std::size_t images_;
  void* y_;
  Counter* overflows_;
};

}  // namespace corticast::cuda
