// Failures planned by the test (session.h).
#pragma once

#include <vector>

#include "tests/cuda_sim/runtime/session.h"

namespace cuda_sim::runtime {

class FailurePlan {
 public:
  void add(const Failure& failure) { planned_.push_back(failure); }
  void clear() { planned_.clear(); }
  // Counts one more thing of the kind; true: it fails.
  bool strikes(Failure::Kind kind);
  // The same for an allocation, which also counts as one of either kind of memory.
  bool strikes_allocation(Failure::Kind kind);

 private:
  std::vector<Failure> planned_;  // index: how many are still to come
};

}  // namespace cuda_sim::runtime
