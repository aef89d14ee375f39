#include "engine/backend/cpu/steps/normalise.h"

#include "engine/backend/backend.h"
#include "engine/image/preprocess.h"
#include "kernels/normalize.h"

namespace corticast::cpu {

Work NormaliseStep::work(std::size_t images) const {
  const double values = static_cast<double>(images) * static_cast<double>(kImageValues);
  return {0, 0, values * (1 + sizeof(float))};
}

void NormaliseStep::run(const Batch& batch) {
  kernels::cpu::normalize_pixels(batch.input + batch.first * kImageBytes, kImageBytes / 3,
                                 normalisation_table().data(), to_.of(batch.first));
}

std::span<float> NormaliseStep::output(const Batch& batch) const {
  return {to_.of(batch.first), kImageValues};
}

void NormaliseStep::verify(const Batch& batch, Comparison& comparison) const {
  const auto table = normalisation_table();
  const std::uint8_t* const pixels = batch.input + batch.first * kImageBytes;
  const std::span<const float> made = output(batch);
  for (const std::size_t k : sample_indices(kImageValues, kSamples)) {
    comparison.add(static_cast<double>(made[k]),
                   static_cast<double>(table[k % 3 * 256 + pixels[k]]));
  }
}

}  // namespace corticast::cpu
