// Plans chosen by the clock of the card instead of cuDNN's order of preference, and remembered.
//
// Results of a run without --tune never depend on what is remembered. With it, the plans timed once
// for a card, cuDNN version, precision, batch and number of channels are used again from the cache
// folder, so that later runs give the same bits; when the file is gone or damaged the card is timed
// again, which may choose otherwise and says so in the notes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/backend/cuda/cudnn/convolution_plan.h"
#include "engine/backend/cuda/device.h"

namespace corticast::cuda {

struct CoreTuning {
  std::vector<std::string> plans;  // name of each problem's plan; none: cuDNN's first choices
  std::vector<std::string> notes;  // what was done, for people
};

// Plans remembered for these problems; nothing is timed. No plans, and no notes, where none are.
CoreTuning remembered_tuning(const Device& device, std::span<const ConvolutionProblem> problems);

// The same, or else: runs the first five allowed plans of each problem on the device (made current
// here), keeps the fastest by the median of five runs after one that does not count, and remembers
// it. Needs device memory for the largest problem, and frees it. Throws Error{kDevice}.
CoreTuning tune_core(const Device& device, std::span<const ConvolutionProblem> problems);

}  // namespace corticast::cuda
