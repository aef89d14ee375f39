// One subject's responses spread over wider rows.
#pragma once

#include <span>
#include <string>

#include "engine/backend/cpu/steps/step.h"

namespace corticast::cpu {

class ScatterStep final : public Step {
 public:
  // from: [images, positions] with that stride; index: of Batch::responses; positions: see Request.
  ScatterStep(std::string target, std::size_t index, std::span<const std::uint32_t> positions,
              std::size_t columns, Activations from)
      : target_(std::move(target)),
        index_(index),
        positions_(positions),
        columns_(columns),
        from_(from) {}

  std::string name() const override;
  Work work(std::size_t images) const override;
  void run(const Batch& batch) override;
  std::span<float> output(const Batch& batch) const override;
  void verify(const Batch& batch, Comparison& comparison) const override;
  double bound() const override { return 0; }

 private:
  std::string target_;
  std::size_t index_;
  std::span<const std::uint32_t> positions_;
  std::size_t columns_;
  Activations from_;
};

}  // namespace corticast::cpu
