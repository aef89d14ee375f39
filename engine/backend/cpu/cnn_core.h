// The CNN8 core on the CPU: one image's pixels to its feature map.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/backend/cpu/step_run.h"
#include "engine/base/aligned_buffer.h"
#include "engine/model/model.h"
#include "kernels/conv2d.h"

namespace corticast::cpu {

// Owns the packed weights and the activations of one image. Used by one thread at a time.
class CnnCore {
 public:
  // Verifies and repacks the model's core; the model is not needed afterwards. run() is called
  // under `threads` OpenMP threads or fewer.
  CnnCore(const Model& model, unsigned threads, kernels::cpu::Isa isa);

  int channels() const { return channels_; }
  // pixels: uint8 [224, 224, 3]. Returns the last pool's output, [26 * 26, C] float32, valid until
  // the next run.
  const float* run(const std::uint8_t* pixels, const StepObserver& observer = {});

  // Bytes such a core owns: packed weights, activations, working memory of its threads.
  static std::uint64_t planned_bytes(int channels, unsigned threads, kernels::cpu::Isa isa);

 private:
  struct Step {
    cnn8::Block block;
    kernels::cpu::Conv2d convolution;
    int conv_side;
    int pool_side;
  };

  int channels_;
  std::vector<Step> steps_;
  AlignedBuffer normalized_;  // [224, 224, 3]
  AlignedBuffer even_;        // activations alternate between the two
  AlignedBuffer odd_;
  AlignedBuffer scratch_;
};

}  // namespace corticast::cpu
