#include "engine/backend/cpu/steps/bf16_readout.h"

#include "engine/model/cnn8.h"

namespace corticast::cpu {
namespace {

constexpr std::size_t kBf16Bytes = 2;

std::uint32_t* words(float* packed) {
  return static_cast<std::uint32_t*>(static_cast<void*>(packed));
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
  verify_readout(task_, batch, output(batch), comparison);
}

}  // namespace corticast::cpu
