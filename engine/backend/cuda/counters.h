// What a program counts on the device: values that left their format's range. Zeroed once.
#pragma once

#include <cstddef>
#include <string>

#include "engine/model/cnn8.h"

namespace corticast::cuda {

using Counter = unsigned long long;

// Index of each in the program's buffer of counters.
struct ProgramCounters {
  static constexpr std::size_t kWeights = 0;
  static constexpr std::size_t of_block(std::size_t block) { return 1 + block; }  // from 0
  static constexpr std::size_t kResponses = 1 + cnn8::kBlocks.size();
  static constexpr std::size_t kInput = kResponses + 1;
  static constexpr std::size_t kCount = kInput + 1;
};

}  // namespace corticast::cuda
