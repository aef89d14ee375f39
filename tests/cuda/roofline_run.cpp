#include "tests/cuda/roofline_run.h"

#include <stdexcept>

namespace corticast::test {

Launched run_once(const std::string& card, const std::vector<std::size_t>& sizes,
                  const std::function<cudaError_t(const std::vector<void*>& buffers)>& launch) {
  cuda_sim::runtime::Setup setup;
  setup.profile = profile_of(card);
  setup.checks.enabled = false;
  cuda_sim::runtime::reset(setup);
  std::vector<void*> buffers(sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    cudaMalloc(&buffers[i], sizes[i]);
    cudaMemset(buffers[i], 0, sizes[i]);
  }
  const cudaError_t error = launch(buffers);
  if (error != cudaSuccess || cudaDeviceSynchronize() != cudaSuccess) {
    throw std::runtime_error(std::string("launch on ") + card + ": " + cudaGetErrorString(error));
  }
  const auto kernels = cuda_sim::runtime::counts();
  if (kernels.size() != 1) {
    throw std::runtime_error("one kernel expected, " + std::to_string(kernels.size()) + " ran");
  }
  Launched result{kernels.begin()->first, kernels.begin()->second, {}};
  // Allocations are numbered from 1 in the order of their making.
  for (std::uint32_t number = 1; number <= sizes.size(); ++number) {
    const auto traffic = result.counts.allocations.find(number);
    result.buffers.push_back(traffic == result.counts.allocations.end()
                                 ? cuda_sim::KernelCounts::Traffic{}
                                 : traffic->second);
  }
  for (void* buffer : buffers) cudaFree(buffer);
  return result;
}

}  // namespace corticast::test
