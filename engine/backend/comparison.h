// How a step's outputs are compared with the reference: which ones, and what is counted.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/backend/step_report.h"

namespace corticast {

// `samples` numbers below `total`, or all where there are fewer: the first, the last, and others
// spread evenly in between. The same at every call; ascending, each once.
std::vector<std::size_t> sample_indices(std::size_t total, std::size_t samples);

class Comparison {
 public:
  // Two NaN agree; a NaN or infinity against anything else is an error that no bound allows.
  void add(double got, double expected);
  StepCheck result(const std::string& step, double bound) const;

 private:
  std::size_t values_ = 0;
  double squared_difference_ = 0;
  double squared_reference_ = 0;
  double largest_difference_ = 0;
  double largest_reference_ = 0;
  bool not_finite_ = false;
};

}  // namespace corticast
