// The CNN8 core on the CPU: one image to its feature map.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/backend/cpu/cpu_method.h"
#include "engine/backend/cpu/steps/step.h"
#include "engine/model/model.h"
#include "kernels/cpu/buffer.h"

namespace corticast::cpu {

// Owns the core's steps, with their packed weights, and the activations of one image. Images pass
// one at a time: a batch makes no step faster, and memory stays flat.
class CnnCore {
 public:
  // Verifies and repacks the model's core, which must outlive this (verifying reads it again).
  // features: where the last step leaves [26 * 26, C] of each image.
  CnnCore(const Model& model, const CpuMethod& method, Activations features);

  // In the order of running; each is given one image of a batch, under method.threads OpenMP
  // threads or fewer.
  std::span<const std::unique_ptr<Step>> steps() const { return steps_; }

  // Bytes such a core owns: packed weights, activations, working memory of its threads.
  static std::uint64_t planned_bytes(int channels, const CpuMethod& method);

 private:
  kernels::cpu::Buffer even_;  // activations alternate between the two
  kernels::cpu::Buffer odd_;
  kernels::cpu::Buffer scratch_;
  std::vector<std::unique_ptr<Step>> steps_;
};

}  // namespace corticast::cpu
