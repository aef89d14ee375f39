#include "engine/backend/cpu/steps/interleave.h"

#include "engine/backend/planes.h"
#include "kernels/interleave.h"

namespace corticast::cpu {
namespace {

constexpr std::size_t kPixels = kImageValues / 3;

}  // namespace

Work InterleaveStep::work(std::size_t images) const {
  const double values = static_cast<double>(images) * static_cast<double>(kImageValues);
  return {0, 0, values * 2 * sizeof(float)};
}

void InterleaveStep::run(const Batch& batch) {
  kernels::cpu::interleave_planes(planes_of(batch.input, batch.first), kPixels,
                                  to_.of(batch.first));
}

std::span<float> InterleaveStep::output(const Batch& batch) const {
  return {to_.of(batch.first), kImageValues};
}

void InterleaveStep::verify(const Batch& batch, Comparison& comparison) const {
  const float* const planes = planes_of(batch.input, batch.first);
  const std::span<const float> made = output(batch);
  for (const std::size_t k : sample_indices(kImageValues, kSamples)) {
    comparison.add(static_cast<double>(made[k]),
                   static_cast<double>(planes[k % 3 * kPixels + k / 3]));
  }
}

}  // namespace corticast::cpu
