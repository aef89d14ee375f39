#include "engine/backend/cuda/steps/readout_step.h"

#include "engine/backend/cuda/check.h"

namespace corticast::cuda {

std::string ReadoutStep::name() const {
  return subject_ + ": readout (fused), " + std::to_string(operands_.rows) + " vertices";
}

void ReadoutStep::run(const Batch& batch) const {
  const kernels::cuda::ReadoutShape shape{operands_.images, operands_.rows, operands_.positions,
                                          operands_.channels, card_.multiprocessors};
  const cudaError_t status =
      operands_.numerics.tensor_cores()
          ? kernels::cuda::readout_tensor(shape, card_, operands_.numerics.element,
                                          operands_.spatial, operands_.features, operands_.bias,
                                          operands_.x, result_.of(batch), batch.stream)
          : kernels::cuda::readout(shape, static_cast<const float*>(operands_.spatial),
                                   static_cast<const float*>(operands_.features), operands_.bias,
                                   static_cast<const float*>(operands_.x), result_.of(batch),
                                   batch.stream);
  check(status, "reading out " + subject_);
}

StepCheck ReadoutStep::verify(const Batch& batch, std::size_t samples) const {
  return verify_readout(operands_, result_.of(batch), samples, name());
}

}  // namespace corticast::cuda
