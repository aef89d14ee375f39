// Kernel launches: limits, arguments, queueing.
#pragma once

#include <vector_types.h>

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

struct LaunchRequest {
  dim3 grid;
  dim3 block;
  void** arguments = nullptr;
  std::size_t dynamic_shared = 0;
};

// symbol: the address of the host stub or a cudaKernel_t. Reports and throws ApiError
// (cudaErrorInvalidDeviceFunction) for what is neither.
const RegisteredKernel& kernel_of(const void* symbol);

// Queues the launch or throws ApiError, each limit with the code that CUDA gives for it.
void launch(State& state, Stream& stream, const RegisteredKernel& kernel,
            const LaunchRequest& request);

// Shared memory per block that the kernel may use without further ado or was allowed.
std::uint32_t dynamic_shared_limit(const Profile& profile, const KernelSettings& settings,
                                   std::uint32_t static_shared);

// Blocks of the kernel that fit on a multiprocessor at once (threads, blocks, shared memory;
// registers when known, 0: not known).
int blocks_per_multiprocessor(const Profile& profile, std::uint32_t threads, std::uint64_t shared,
                              std::uint32_t registers);

}  // namespace cuda_sim::runtime
