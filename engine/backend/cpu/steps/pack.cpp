#include "engine/backend/cpu/steps/pack.h"

#include "engine/model/cnn8.h"

namespace corticast::cpu {

Work PackStep::work(std::size_t images) const {
  const double values = 2.0 * cnn8::kPositions * channels_;
  return {0, 0, static_cast<double>(images) * values * sizeof(float)};
}

void PackStep::run(const Batch& batch) {
  for (std::size_t n = batch.first; n < batch.first + batch.images; ++n) {
    kernels::cpu::pack_image(from_.of(n), channels_, cnn8::kPositions, isa_, to_.of(n));
  }
}

std::span<float> PackStep::output(const Batch& batch) const {
  return {to_.of(batch.first), batch.images * to_.stride};
}

}  // namespace corticast::cpu
