// The flags' words as lists, checked before anything is opened.
#pragma once

#include <string>
#include <vector>

#include "bench/flags.h"
#include "bench/formats.h"
#include "engine/backend/method.h"

namespace corticast::bench {

struct Plan {
  // Throws Error{kUsage} naming the flag and the word.
  explicit Plan(const Flags& flags);

  bool input, stages, output, end_to_end, ops, core_error;
  std::vector<Method> methods;  // every precision with every readout
  std::vector<unsigned> threads;
  std::vector<std::size_t> batches;  // 0: the backend's choice
  Format format;
};

}  // namespace corticast::bench
