#include "engine/backend/cpu/steps/scatter.h"

#include <limits>
#include <vector>

#include "kernels/scatter.h"

namespace corticast::cpu {

std::string ScatterStep::name() const {
  return target_ + ": expand to " + std::to_string(columns_) + " columns";
}

Work ScatterStep::work(std::size_t images) const {
  const auto values = static_cast<double>(images * (positions_.size() + columns_));
  return {0, 0, values * sizeof(float)};
}

void ScatterStep::run(const Batch& batch) {
  for (std::size_t n = batch.first; n < batch.first + batch.images; ++n) {
    kernels::cpu::scatter_row(from_.of(n), positions_, columns_,
                              batch.responses[index_] + n * columns_);
  }
}

std::span<float> ScatterStep::output(const Batch& batch) const {
  return {batch.responses[index_] + batch.first * columns_, batch.images * columns_};
}

void ScatterStep::verify(const Batch& batch, Comparison& comparison) const {
  const std::span<const float> made = output(batch);
  for (std::size_t n = 0; n < batch.images; ++n) {
    std::vector<float> expected(columns_, std::numeric_limits<float>::quiet_NaN());
    const float* const x = from_.of(batch.first + n);
    for (std::size_t i = 0; i < positions_.size(); ++i) expected.at(positions_[i]) = x[i];
    for (std::size_t c = 0; c < columns_; ++c) {
      comparison.add(static_cast<double>(made[n * columns_ + c]), static_cast<double>(expected[c]));
    }
  }
}

}  // namespace corticast::cpu
