// Which tensor of a checkpoint plays which part in CNN8.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "engine/model/cnn8.h"
#include "engine/model/subject.h"
#include "weights_tool/checkpoint/checkpoint.h"

namespace corticast::weights {

// One convolution and its batch norm. Pointers into the Checkpoint.
struct BlockTensors {
  const Tensor* weight = nullptr;    // [C, Cin, k, k]
  const Tensor* scale = nullptr;     // [C], batch norm's weight
  const Tensor* shift = nullptr;     // [C], batch norm's bias
  const Tensor* mean = nullptr;      // [C]
  const Tensor* variance = nullptr;  // [C]
};

// One readout.
struct HeadTensors {
  std::optional<Subject> subject;    // nothing for a singlehead model
  const Tensor* features = nullptr;  // [V, C]
  const Tensor* spatial = nullptr;   // [V, 26, 26]
  const Tensor* bias = nullptr;      // [V]
};

struct Cnn8State {
  bool multihead = true;
  int channels = 0;            // C
  std::uint32_t vertices = 0;  // V
  std::array<BlockTensors, cnn8::kBlocks.size()> blocks;
  std::vector<HeadTensors> heads;  // in file order, at least one
};

// Finds every tensor under its key, with or without a leading "module.", and cross-checks all
// shapes. Strict: throws Error{kModel} listing missing and unknown keys, or naming the tensor whose
// shape or type is wrong. The result refers to `checkpoint`.
Cnn8State find_cnn8(const Checkpoint& checkpoint);

}  // namespace corticast::weights
