// Devices, their properties, versions and errors, as cuda_runtime_api.h declares them.
#include <cuda_runtime_api.h>

#include <cstdio>
#include <cstring>

#include "tests/cuda_sim/runtime/attributes.h"
#include "tests/cuda_sim/runtime/capture.h"
#include "tests/cuda_sim/runtime/errors.h"
#include "tests/cuda_sim/runtime/queue.h"
#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

const Profile& profile_of(State& state, int device) {
  if (state.devices.empty()) refuse(cudaErrorNoDevice);
  if (device < 0 || static_cast<std::size_t>(device) >= state.devices.size()) {
    refuse(cudaErrorInvalidDevice);
  }
  return state.devices[static_cast<std::size_t>(device)]->device.profile();
}

}  // namespace
}  // namespace cuda_sim::runtime

using namespace cuda_sim::runtime;  // the API's own names are global

extern "C" {

cudaError_t cudaGetDeviceCount(int* count) {
  return api(__func__, Needs::kNothing, [&](State& state) {
    require(count);
    *count = static_cast<int>(state.devices.size());
    if (state.devices.empty()) refuse(cudaErrorNoDevice);
  });
}

cudaError_t cudaSetDevice(int device) {
  return api(__func__, Needs::kNothing, [&](State& state) {
    profile_of(state, device);
    this_thread().device = device;
  });
}

cudaError_t cudaGetDevice(int* device) {
  return api(__func__, Needs::kNothing, [&](State& state) {
    require(device);
    state.current();
    *device = this_thread().device;
  });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  return api(__func__, Needs::kNothing, [&](State& state) {
    require(properties);
    fill_properties(profile_of(state, device), device, properties);
  });
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  return api(__func__, Needs::kNothing, [&](State& state) {
    require(value);
    if (!attribute_of(profile_of(state, device), device, attribute, value)) {
      refuse(cudaErrorInvalidValue, cuda_sim::Fault::kHost,
             "attribute " + std::to_string(static_cast<int>(attribute)) +
                 " is not simulated; add it to runtime/attributes.cpp");
    }
  });
}

cudaError_t cudaDeviceGetPCIBusId(char* text, int bytes, int device) {
  return api(__func__, Needs::kNothing, [&](State& state) {
    require(text);
    profile_of(state, device);
    char id[16];
    const int length = std::snprintf(id, sizeof id, "0000:%02X:00.0", pci_bus(device));
    if (length >= bytes) refuse(cudaErrorInvalidValue);
    std::memcpy(text, id, static_cast<std::size_t>(length) + 1);
  });
}

cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
  return api(__func__, [&](State&) {
    if (least != nullptr) *least = kLeastPriority;
    if (greatest != nullptr) *greatest = kGreatestPriority;
  });
}

cudaError_t cudaDeviceSynchronize() {
  return api(__func__, [&](State& state) {
    refuse_unsafe(state);
    wait_device(state, state.current());
  });
}

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
  return api(__func__, [&](State& state) {
    require(free_bytes);
    require(total_bytes);
    const cuda_sim::Memory& memory = state.current().device.memory();
    *total_bytes = memory.capacity();
    *free_bytes = memory.capacity() - memory.used();
  });
}

cudaError_t cudaDriverGetVersion(int* version) {
  return api(__func__, Needs::kNothing, [&](State& state) {
    require(version);
    *version = state.devices.empty() ? 0 : static_cast<int>(profile_of(state, 0).driver_version);
  });
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  return api(__func__, Needs::kNothing, [&](State&) {
    require(version);
    *version = CUDART_VERSION;
  });
}

cudaError_t cudaPeekAtLastError() {
  State& state = State::instance();
  const std::lock_guard<std::recursive_mutex> lock(state.mutex);
  return last_error(state, false);
}

cudaError_t cudaGetLastError() {
  State& state = State::instance();
  const std::lock_guard<std::recursive_mutex> lock(state.mutex);
  return last_error(state, true);
}

const char* cudaGetErrorName(cudaError_t error) {
  return error_name(error);
}
const char* cudaGetErrorString(cudaError_t error) {
  return error_text(error);
}

}  // extern "C"
