#include "engine/backend/cuda/steps/scatter_step.h"

#include <limits>

#include "engine/backend/comparison.h"
#include "engine/backend/cuda/check.h"
#include "engine/backend/cuda/steps/read_back.h"

namespace corticast::cuda {

std::string ScatterStep::name() const {
  return subject_ + ": expand to " + std::to_string(columns_) + " columns";
}

Work ScatterStep::work() const {
  const std::size_t values = images_ * (rows_ + columns_) + columns_;
  return {0, static_cast<double>(values * sizeof(float))};
}

void ScatterStep::run(const Batch& batch) const {
  check(kernels::cuda::scatter_columns(packed_, images_, rows_, source_, columns_,
                                       batch.responses[target_], batch.stream),
        "spreading responses");
}

StepCheck ScatterStep::verify(const Batch& batch, std::size_t samples) const {
  using kernels::cuda::Element;
  std::vector<std::uint32_t> source(columns_);
  check(
      cudaMemcpy(source.data(), source_, columns_ * sizeof(std::uint32_t), cudaMemcpyDeviceToHost),
      "reading positions back");
  Comparison comparison;
  for (const std::size_t n : sample_images(images_)) {
    const auto packed = read_back(packed_, n * rows_, rows_, Element::kFloat32);
    const auto y = read_back(batch.responses[target_], n * columns_, columns_, Element::kFloat32);
    for (const std::size_t c : sample_indices(columns_, samples)) {
      const float expected = source[c] == kernels::cuda::kNoSource
                                 ? std::numeric_limits<float>::quiet_NaN()
                                 : packed[source[c]];
      comparison.add(static_cast<double>(y[c]), static_cast<double>(expected));
    }
  }
  return comparison.result(name(), 0);
}

}  // namespace corticast::cuda
