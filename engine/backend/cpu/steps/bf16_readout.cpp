#include "engine/backend/cpu/steps/bf16_readout.h"

#include <vector>

#include "engine/model/cnn8.h"
#include "kernels/cpu/bf16.h"

namespace corticast::cpu {
namespace {

constexpr std::size_t kBf16Bytes = 2;

std::uint32_t* words(float* packed) {
  return static_cast<std::uint32_t*>(static_cast<void*>(packed));
}

std::vector<float> rounded(const float* from, std::size_t count) {
  std::vector<float> numbers(count);
  for (std::size_t k = 0; k < count; ++k) {
    numbers[k] = kernels::cpu::from_bf16(kernels::cpu::to_bf16(from[k]));
  }
  return numbers;
}

}  // namespace

Work Bf16PackStep::work(std::size_t images) const {
  const double values = static_cast<double>(cnn8::kPositions) * channels_;
  return {0, 0, static_cast<double>(images) * values * (sizeof(float) + kBf16Bytes)};
}

void Bf16PackStep::run(const Batch& batch) {
  for (std::size_t n = batch.first; n < batch.first + batch.images; ++n) {
    kernels::cpu::pack_image_bf16(from_.of(n), channels_, cnn8::kPositions, words(to_.of(n)));
  }
}

std::span<float> Bf16PackStep::output(const Batch& batch) const {
  return {to_.of(batch.first), batch.images * to_.stride};
}

std::string Bf16ReadoutStep::name() const {
  return task_.target + ": readout in bf16, " + std::to_string(task_.rows.size()) + " vertices";
}

Work Bf16ReadoutStep::work(std::size_t images) const {
  return readout_work(task_, images, kBf16Bytes);
}

void Bf16ReadoutStep::run(const Batch& batch) {
  readout_.run(words(packed_.of(batch.first)), batch.images, output(batch).data(),
               task_.rows.size());
}

std::span<float> Bf16ReadoutStep::output(const Batch& batch) const {
  return readout_output(task_, to_, batch);
}

void Bf16ReadoutStep::verify(const Batch& batch, Comparison& comparison) const {
  const std::span<const float> made = output(batch);
  const std::size_t rows = task_.rows.size();
  const auto channels = static_cast<std::size_t>(task_.weights.channels);
  const std::uint32_t only = 0;
  for (std::size_t n = 0; n < batch.images; ++n) {
    const std::vector<float> x =
        rounded(task_.features.of(batch.first + n), cnn8::kPositions * channels);
    for (const std::size_t i : sample_indices(rows, kReadoutSamples)) {
      const std::size_t row = task_.rows[i];
      const std::vector<float> mask =
          rounded(task_.weights.spatial + row * cnn8::kPositions, cnn8::kPositions);
      const kernels::ReadoutWeights one{task_.weights.channels, cnn8::kPositions, mask.data(),
                                        task_.weights.features + row * channels,
                                        task_.weights.bias + row};
      double expected = 0;
      kernels::reference::readout(one, {&only, 1}, x.data(), 1, &expected);
      comparison.add(static_cast<double>(made[n * rows + i]), expected);
    }
  }
}

}  // namespace corticast::cpu
