// Packed responses of one subject spread over the columns of the batch's rows.
#pragma once

#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

class ScatterStep final : public Step {
 public:
  // packed: [images, rows]; source: [columns], row of each column or kNoSource.
  ScatterStep(std::string subject, std::size_t target, std::size_t images, std::size_t rows,
              std::size_t columns, const float* packed, const std::uint32_t* source)
      : subject_(std::move(subject)),
        target_(target),
        images_(images),
        rows_(rows),
        columns_(columns),
        packed_(packed),
        source_(source) {}

  std::string name() const override;
  Work work() const override;
  void run(const Batch& batch) const override;
  StepCheck verify(const Batch& batch, std::size_t samples) const override;

 private:
  std::string subject_;
  std::size_t target_;
  std::size_t images_;
  std::size_t rows_;
  std::size_t columns_;
  const float* packed_;
  const std::uint32_t* source_;
};

}  // namespace corticast::cuda
