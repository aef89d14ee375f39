// Counts values that left their format's range: activations where no pool counts in passing, and
// responses.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "engine/backend/cuda/counters.h"
#include "engine/backend/cuda/steps/step.h"
#include "kernels/cuda/kernels.h"

namespace corticast::cuda {

class CountStep final : public Step {
 public:
  // Where a batch has the values.
  using Place = std::function<const void*(const Batch&)>;

  // *non_finite += those of `size` values of `element` that are NaN or infinite.
  CountStep(std::string label, kernels::cuda::Element element, Place place, std::size_t size,
            Counter* non_finite)
      : label_(std::move(label)),
        element_(element),
        place_(std::move(place)),
        size_(size),
        non_finite_(non_finite) {}

  std::string name() const override { return label_ + ": range check"; }
  Work work() const override {
    return {0, static_cast<double>(size_ * kernels::cuda::bytes_of(element_))};
  }
  void run(const Batch& batch) const override;
  // Counts again, on device and host; samples is ignored.
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  std::string label_;
  kernels::cuda::Element element_;
  Place place_;
  std::size_t size_;
  Counter* non_finite_;
};

}  // namespace corticast::cuda
