// One step of a program on the device: a kernel or a library call on one full batch. A program is a
// list of them; running, verifying and timing a program walk the list.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <span>
#include <string>

#include "engine/backend/step_report.h"

namespace corticast::cuda {

// What differs from batch to batch. Device memory, of one slot.
struct Batch {
  cudaStream_t stream;
  const std::uint8_t* input;          // [N] images of the method's InputKind
  std::span<float* const> responses;  // per target [N, columns]
};

// What a step does to a full batch at least.
struct Work {
  double flops = 0;  // 2 for each multiply-add
  double bytes = 0;  // read and written once each: inputs, weights, outputs
};

// Steps hold pointers into the program's memory and are bound to it for life. run() puts work into
// the batch's stream and returns; the others are for a device at rest.
class Step {
 public:
  virtual ~Step() = default;
  // "block 2: convolution 5x5, 384 -> 384, 222 x 222"
  virtual std::string name() const = 0;
  virtual Work work() const = 0;
  // Throws Error{kDevice}.
  virtual void run(const Batch& batch) const = 0;
  // After run(batch) has finished: reads back what the step was given and what it made, computes
  // `samples` outputs (or all, where there are fewer) by the reference in double precision, and
  // compares. Samples are spread over images, rows, columns, channels, the edges included, the same
  // at every call.
  virtual StepCheck verify(const Batch& batch, std::size_t samples) const = 0;
};

}  // namespace corticast::cuda
