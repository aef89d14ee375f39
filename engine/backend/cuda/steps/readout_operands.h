// What both ways of computing a readout share: operands, where the result goes, and its check.
#pragma once

#include "engine/backend/cuda/numerics.h"
#include "engine/backend/cuda/steps/step.h"

namespace corticast::cuda {

// K below: positions of a mask and of an image in memory. The real number with planes, padded with
// zeros with channels last.
std::size_t stored_positions(const Numerics& numerics, int positions);

// Device memory, see kernels/cuda/kernels.h.
struct ReadoutOperands {
  Numerics numerics;
  std::size_t images;
  std::size_t rows;
  int positions;  // real ones
  int channels;
  const void* spatial;   // [rows, K]
  const void* features;  // [rows, channels]
  const float* bias;     // [rows]
  const void* x;         // [images, K, channels]

  std::size_t stored_positions() const { return cuda::stored_positions(numerics, positions); }
  Work work() const;
};

// y: [images, rows] of its own, or null for the batch's responses of `target`, which are then
// packed.
struct ReadoutResult {
  std::size_t target;
  float* packed;

  float* of(const Batch& batch) const {
    return packed != nullptr ? packed : batch.responses[target];
  }
};

// `samples` outputs of sample images against the double reference.
StepCheck verify_readout(const ReadoutOperands& operands, const float* y, std::size_t samples,
                         const std::string& name);

}  // namespace corticast::cuda
