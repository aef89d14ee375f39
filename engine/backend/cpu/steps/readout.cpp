#include "engine/backend/cpu/steps/readout.h"

#include "engine/model/cnn8.h"

namespace corticast::cpu {

void verify_readout(const ReadoutTask& task, const Batch& batch, std::span<const float> made,
                    Comparison& comparison) {
  const std::size_t rows = task.rows.size();
  for (std::size_t n = 0; n < batch.images; ++n) {
    const float* const x = task.features.of(batch.first + n);
    for (const std::size_t i : sample_indices(rows, kReadoutSamples)) {
      double expected = 0;
      kernels::reference::readout(task.weights, task.rows.subspan(i, 1), x, 1, &expected);
      comparison.add(static_cast<double>(made[n * rows + i]), expected);
    }
  }
}

Work readout_work(const ReadoutTask& task, std::size_t images, std::size_t mask_bytes) {
  const auto n = static_cast<double>(images);
  const auto rows = static_cast<double>(task.rows.size());
  const double channels = task.weights.channels;
  const double image = cnn8::kPositions * channels;
  const double flops = 2 * n * rows * (image + channels);
  const double weights =
      rows * (static_cast<double>(mask_bytes) * cnn8::kPositions + (channels + 1) * sizeof(float));
  return {flops, flops, weights + n * (image + rows) * sizeof(float)};
}

std::span<float> readout_output(const ReadoutTask& task, Activations to, const Batch& batch) {
  const std::size_t rows = task.rows.size();
  float* const all = to.data != nullptr ? to.data : batch.responses[task.index];
  return {all + batch.first * rows, batch.images * rows};
}

std::string ReadoutStep::name() const {
  return task_.target + ": readout, " + std::to_string(task_.rows.size()) + " vertices";
}

Work ReadoutStep::work(std::size_t images) const {
  return readout_work(task_, images, sizeof(float));
}

void ReadoutStep::run(const Batch& batch) {
  kernels::cpu::readout(task_.weights, task_.rows, packed_.of(batch.first), batch.images, isa_,
                        output(batch).data(), task_.rows.size());
}

std::span<float> ReadoutStep::output(const Batch& batch) const {
  return readout_output(task_, to_, batch);
}

void ReadoutStep::verify(const Batch& batch, Comparison& comparison) const {
  verify_readout(task_, batch, output(batch), comparison);
}

}  // namespace corticast::cpu
