// Counts activations that left their format's range, where no pool does so in passing.
#pragma once

#include "engine/backend/cuda/numerics.h"
#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

class CountStep final : public Step {
 public:
  // x: [images, size] of `element`; *non_finite += its values that are NaN or infinite.
  CountStep(std::string label, kernels::cuda::Element element, const void* x, std::size_t size,
            unsigned long long* non_finite)
      : label_(std::move(label)), element_(element), x_(x), size_(size), non_finite_(non_finite) {}

  std::string name() const override { return label_ + ": range check"; }
  Work work() const override {
    return {0, static_cast<double>(size_ * kernels::cuda::bytes_of(element_))};
  }
  void run(const Batch& batch) const override;
  // Counts again on the host; samples is ignored.
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  std::string label_;
  kernels::cuda::Element element_;
  const void* x_;
  std::size_t size_;
  unsigned long long* non_finite_;
};

}  // namespace corticast::cuda
