// Launches and kernel attributes, as cuda_runtime_api.h and crt/device_functions.h declare them.
#include <cuda_runtime_api.h>

#include <vector>

#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/runtime/launches.h"
#include "tests/cuda_sim/runtime/machine_code.h"
#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

// Between <<<...>>> and the stub that it calls.
struct CallConfiguration {
  dim3 grid;
  dim3 block;
  std::size_t shared;
  cudaStream_t stream;
};
std::vector<CallConfiguration>& configurations() {
  thread_local std::vector<CallConfiguration> stack;
  return stack;
}

cudaError_t launch_kernel(const char* call, const void* symbol, const LaunchRequest& request,
                          cudaStream_t stream) {
  return api(
      call, [&](State& state) { launch(state, state.stream(stream), kernel_of(symbol), request); });
}

const Program& program_of(State& state, const RegisteredKernel& kernel) {
  return state.module(state.current(), *kernel.binary).program(kernel.name);
}

}  // namespace
}  // namespace cuda_sim::runtime

using namespace cuda_sim::runtime;  // the API's own names are global

extern "C" {

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared,
                                     CUstream_st* stream) {
  configurations().push_back({grid, block, shared, stream});
  return 0;
}

cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, std::size_t* shared, void* stream) {
  auto& stack = configurations();
  if (stack.empty()) return cudaErrorUnknown;
  *grid = stack.back().grid;
  *block = stack.back().block;
  *shared = stack.back().shared;
  *static_cast<cudaStream_t*>(stream) = stack.back().stream;
  stack.pop_back();
  return cudaSuccess;
}

cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* stub) {
  const RegisteredKernel* const found = Registry::instance().kernel(stub);
  if (found == nullptr) return cudaErrorInvalidDeviceFunction;
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<RegisteredKernel*>(found));
  return cudaSuccess;
}

cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** arguments,
                               std::size_t shared, cudaStream_t stream) {
  return launch_kernel("kernel launch", kernel, {grid, block, arguments, shared}, stream);
}

cudaError_t cudaLaunchKernel(const void* symbol, dim3 grid, dim3 block, void** arguments,
                             std::size_t shared, cudaStream_t stream) {
  return launch_kernel(__func__, symbol, {grid, block, arguments, shared}, stream);
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* symbol,
                                void** arguments) {
  if (config == nullptr) return launch_kernel(__func__, nullptr, {}, nullptr);
  if (config->numAttrs != 0) {
    return api(__func__, [&](State&) {
      refuse(cudaErrorNotSupported, cuda_sim::Fault::kLaunch,
             "launch attributes (clusters, programmatic order, ...) are not simulated");
    });
  }
  return launch_kernel(__func__, symbol,
                       {config->gridDim, config->blockDim, arguments, config->dynamicSmemBytes},
                       config->stream);
}

cudaError_t cudaFuncSetAttribute(const void* symbol, cudaFuncAttribute attribute, int value) {
  return api(__func__, [&](State& state) {
    const RegisteredKernel& kernel = kernel_of(symbol);
    DeviceState& device = state.current();
    KernelSettings& settings = device.settings[&kernel];
    if (attribute == cudaFuncAttributePreferredSharedMemoryCarveout) {
      if (value < -1 || value > 100) refuse(cudaErrorInvalidValue);
      settings.shared_carveout = value;
      return;
    }
    if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) {
      refuse(cudaErrorNotSupported, cuda_sim::Fault::kLaunch,
             "attribute " + std::to_string(static_cast<int>(attribute)) + " is not simulated");
    }
    const std::uint64_t all = device.device.profile().shared_per_block_optin;
    const std::uint64_t fixed = program_of(state, kernel).static_shared_bytes;
    // More than the card has is refused; a careful program asks and takes another kernel.
    if (value < 0 || fixed + static_cast<std::uint64_t>(value) > all) {
      refuse(cudaErrorInvalidValue);
    }
    settings.max_dynamic_shared = static_cast<std::uint32_t>(value);
  });
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* symbol) {
  return api(__func__, [&](State& state) {
    require(attributes);
    const RegisteredKernel& kernel = kernel_of(symbol);
    DeviceState& device = state.current();
    const cuda_sim::Profile& profile = device.device.profile();
    const cuda_sim::Program& program = program_of(state, kernel);
    const KernelSettings& settings = device.settings[&kernel];
    *attributes = {};
    attributes->sharedSizeBytes = program.static_shared_bytes;
    attributes->localSizeBytes = program.local_bytes;
    attributes->maxThreadsPerBlock =
        static_cast<int>(program.function->max_threads != 0 ? program.function->max_threads
                                                            : profile.threads_per_block);
    attributes->numRegs = static_cast<int>(registers_of(kernel, profile.sm));
    attributes->ptxVersion = static_cast<int>(program.module->sm);
    attributes->binaryVersion = static_cast<int>(profile.sm);
    attributes->maxDynamicSharedSizeBytes =
        static_cast<int>(dynamic_shared_limit(profile, settings, program.static_shared_bytes));
    attributes->preferredShmemCarveout = settings.shared_carveout;
  });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void* symbol,
                                                          int threads, std::size_t shared) {
  return api(__func__, [&](State& state) {
    require(blocks);
    const RegisteredKernel& kernel = kernel_of(symbol);
    DeviceState& device = state.current();
    const cuda_sim::Profile& profile = device.device.profile();
    const cuda_sim::Program& program = program_of(state, kernel);
    if (threads <= 0) refuse(cudaErrorInvalidValue);
    const bool fits = shared <= dynamic_shared_limit(profile, device.settings[&kernel],
                                                     program.static_shared_bytes);
    *blocks = fits ? blocks_per_multiprocessor(profile, static_cast<std::uint32_t>(threads),
                                               shared + program.static_shared_bytes,
                                               registers_of(kernel, profile.sm))
                   : 0;
  });
}

}  // extern "C"
