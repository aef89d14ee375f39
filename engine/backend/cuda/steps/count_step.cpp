#include "engine/backend/cuda/steps/count_step.h"

#include <algorithm>
#include <cmath>

#include "engine/backend/comparison.h"
#include "engine/backend/cuda/check.h"
#include "engine/backend/cuda/steps/read_back.h"

namespace corticast::cuda {

void CountStep::run(const Batch& batch) const {
  check(kernels::cuda::count_non_finite(element_, place_(batch), size_, non_finite_, batch.stream),
        "checking the range of values");
}

StepCheck CountStep::verify(const Batch& batch, std::size_t) const {
  Counter before = 0;
  Counter after = 0;
  const auto counted = [this](Counter& value) {
    check(cudaMemcpy(&value, non_finite_, sizeof value, cudaMemcpyDeviceToHost),
          "reading a counter back");
  };
  counted(before);
  run(batch);
  check(cudaStreamSynchronize(batch.stream), "checking the range of values");
  counted(after);
  constexpr std::size_t kAtOnce = std::size_t{16} << 20;
  std::size_t expected = 0;
  for (std::size_t first = 0; first < size_; first += kAtOnce) {
    const auto values = read_back(place_(batch), first, std::min(kAtOnce, size_ - first), element_);
    expected += static_cast<std::size_t>(
        std::ranges::count_if(values, [](float value) { return !std::isfinite(value); }));
  }
  Comparison comparison;
  comparison.add(static_cast<double>(after - before), static_cast<double>(expected));
  return comparison.result(name(), 0);
}

}  // namespace corticast::cuda
