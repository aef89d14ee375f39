// One launch on a simulated card, and what it did with its buffers.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/profile.h"
#include "tests/cuda_sim/runtime/session.h"

namespace corticast::test {

struct Launched {
  std::string kernel;  // demangled
  cuda_sim::KernelCounts counts;
  std::vector<cuda_sim::KernelCounts::Traffic> buffers;  // in the order given
};

inline cuda_sim::Profile profile_of(const std::string& card) {
  return cuda_sim::runtime::load_profile(CORTICAST_TEST_DATA "/device_profiles/" + card + ".json");
}

// Makes zeroed buffers of these sizes on a fresh card, and calls `launch` with them. Without the
// memory checks: they are the tests' business. Throws std::runtime_error where the launch fails.
Launched run_once(const std::string& card, const std::vector<std::size_t>& sizes,
                  const std::function<cudaError_t(const std::vector<void*>& buffers)>& launch);

}  // namespace corticast::test
