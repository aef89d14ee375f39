// A 2x2 average pool of the core.
#pragma once

#include "engine/backend/cuda/counters.h"
#include "engine/backend/cuda/numerics.h"
#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

class PoolStep final : public Step {
 public:
  enum class To {
    kCore,      // [images, C, out_h, out_w], or [images, out_h, out_w, C] with channels last
    kReadouts,  // [images, positions, C]
  };
  // x: [images, C, h, w], or [images, h, w, C]. positions: of y with To::kReadouts; those beyond
  // out_h * out_w are left alone. Results that are not finite are added to *non_finite with
  // channels last. label: "block 2".
  PoolStep(std::string label, const kernels::cuda::PoolShape& shape, const Numerics& numerics,
           To to, std::size_t positions, const void* x, void* y, Counter* non_finite)
      : label_(std::move(label)),
        shape_(shape),
        numerics_(numerics),
        to_(to),
        positions_(positions),
        x_(x),
        y_(y),
        non_finite_(non_finite) {}

  std::string name() const override;
  Work work() const override;
  void run(const Batch& batch) const override;
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  bool writes_planes() const { return numerics_.layout == Layout::kPlanes && to_ == To::kCore; }

  std::string label_;
  kernels::cuda::PoolShape shape_;
  Numerics numerics_;
  To to_;
  std::size_t positions_;
  const void* x_;
  void* y_;
  Counter* non_finite_;
};

}  // namespace corticast::cuda
