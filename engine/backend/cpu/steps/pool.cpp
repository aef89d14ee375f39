#include "engine/backend/cpu/steps/pool.h"

#include "engine/backend/cpu/steps/sample.h"

namespace corticast::cpu {

std::string PoolStep::name() const {
  const kernels::Pool2dShape& s = stage_.shape;
  return "block " + std::to_string(stage_.block + 1) + ": average pool 2x2, stride " +
         std::to_string(s.stride) + ", " + std::to_string(s.out_height()) + "x" +
         std::to_string(s.out_width());
}

Work PoolStep::work(std::size_t images) const {
  const kernels::Pool2dShape& s = stage_.shape;
  const double inputs = static_cast<double>(s.height) * s.width * s.channels;
  const double values = inputs + static_cast<double>(output_floats(stage_));
  return {0, 0, static_cast<double>(images) * values * sizeof(float)};
}

void PoolStep::run(const Batch& batch) {
  kernels::cpu::pool2d_average(stage_.shape, from_.of(batch.first), to_.of(batch.first));
}

std::span<float> PoolStep::output(const Batch& batch) const {
  return {to_.of(batch.first), output_floats(stage_)};
}

void PoolStep::verify(const Batch& batch, Comparison& comparison) const {
  const std::span<const float> made = output(batch);
  for (const std::size_t k : sample_indices(made.size(), kSamples)) {
    const Place at(k, stage_.shape.out_width(), stage_.shape.channels);
    comparison.add(static_cast<double>(made[k]),
                   kernels::reference::pool2d_average_at(stage_.shape, from_.of(batch.first),
                                                         at.row, at.column, at.channel));
  }
}

}  // namespace corticast::cpu
