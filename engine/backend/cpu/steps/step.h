// One step of a network on the CPU: a kernel. A network is two lists of them, one run image by
// image, one on the whole batch; running, verifying and timing a network walk the lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engine/backend/comparison.h"

namespace corticast::cpu {

// What a step is given. Steps of the core get one image at a time: images == 1.
struct Batch {
  const std::uint8_t* input;  // [..] of CpuMethod::input, of all images
  std::size_t first;          // the images first .. first + images - 1 are meant
  std::size_t images;
  std::span<float* const> responses;  // per target [.., columns], of all images
};

// Numbers that a step reads or writes: of image n at data + n * stride. Stride 0: one image at a
// time passes through. Owned by the network.
struct Activations {
  float* data = nullptr;
  std::size_t stride = 0;

  float* of(std::size_t image) const { return data + image * stride; }
};

// What a step does to a batch of `images` at least.
struct Work {
  double flops = 0;     // 2 for each multiply-add, counted for the direct way to compute it
  double executed = 0;  // those of the way it is computed
  double bytes = 0;     // inputs, weights, outputs read and written once each
};

// Steps own their weights and are bound for life to buffers that the network owns. Used by one
// thread at a time, which has set the number of OpenMP threads.
class Step {
 public:
  virtual ~Step() = default;
  // "block 2: convolution 5x5, 384 -> 384, 222x222"
  virtual std::string name() const = 0;
  virtual Work work(std::size_t images) const = 0;
  virtual void run(const Batch& batch) = 0;
  // What the last run(batch) made; of the core's steps it is overwritten two steps later.
  virtual std::span<float> output(const Batch& batch) const = 0;
  // After run(batch), before anything overwrites its input: compares a sample of what it made, the
  // same at every call, with the reference in double precision computed from what it was given.
  virtual void verify(const Batch& batch, Comparison& comparison) const = 0;
  // Of the rms error of that comparison; 0 for copies and tables.
  virtual double bound() const = 0;
};

// Outputs compared of each step and image; all, where there are fewer.
inline constexpr std::size_t kSamples = 2048;
inline constexpr std::size_t kReadoutSamples = 128;  // each has a quarter million terms

}  // namespace corticast::cpu
