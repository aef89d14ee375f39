#include "tests/cuda/traffic.h"

#include <cuda_runtime_api.h>

#include "tests/cuda_sim/runtime/session.h"

namespace corticast::test {

Traffic traffic_of(const std::string& kernel) {
  cudaDeviceSynchronize();
  Traffic traffic;
  for (const auto& [name, counts] : cuda_sim::runtime::counts()) {
    if (name.find(kernel) == std::string::npos) continue;
    traffic.loaded += counts.global_loaded;
    traffic.stored += counts.global_stored;
  }
  return traffic;
}

}  // namespace corticast::test
