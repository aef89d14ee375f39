// What objects made by nvcc call before main and after it (crt/host_runtime.h).
#include <cuda_runtime_api.h>

#include "tests/cuda_sim/runtime/registry.h"
#include "tests/cuda_sim/runtime/state.h"

using namespace cuda_sim::runtime;  // the API's own names are global

namespace {

FatBinary* binary_of(void** handle) {
  return reinterpret_cast<FatBinary*>(handle);
}

}  // namespace

extern "C" {

void** __cudaRegisterFatBinary(void* wrapper) {
  return reinterpret_cast<void**>(Registry::instance().add_binary(wrapper));
}

void __cudaRegisterFatBinaryEnd(void** /*handle*/) {}

void __cudaUnregisterFatBinary(void** handle) {
  FatBinary* const binary = binary_of(handle);
  State& state = State::instance();
  const std::lock_guard<std::recursive_mutex> lock(state.mutex);
  state.forget(*binary);
  Registry::instance().remove_binary(binary);
}

void __cudaRegisterFunction(void** handle, const char* stub, char* /*device_stub*/,
                            const char* name, int /*thread_limit*/, uint3* /*thread*/,
                            uint3* /*block*/, dim3* /*block_size*/, dim3* /*grid_size*/,
                            int* /*warp_size*/) {
  Registry::instance().add_kernel(binary_of(handle), stub, name);
}

void __cudaRegisterVar(void** handle, char* host, char* /*device*/, const char* name,
                       int /*external*/, std::size_t bytes, int /*constant*/, int /*global*/) {
  Registry::instance().add_variable(binary_of(handle), host, name, bytes);
}

// Called at the first use of a managed variable, which objects here cannot have: there is no
// __cudaRegisterManagedVar to link them with. Every object refers to it all the same.
char __cudaInitModule(void** /*handle*/) {
  report(cuda_sim::Fault::kHost, "__cudaInitModule", "managed variables are not simulated");
  return 0;
}

}  // extern "C"
