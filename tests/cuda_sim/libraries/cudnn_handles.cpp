#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstring>

#include "tests/cuda_sim/libraries/cudnn_calls.h"
#include "tests/cuda_sim/libraries/cudnn_state.h"
#include "tests/cuda_sim/libraries/devices.h"
#include "tests/cuda_sim/runtime/library_work.h"

namespace cuda_sim::cudnn {
namespace {

thread_local std::string last_error;

}  // namespace

cudnnStatus_t refuse(cudnnStatus_t status, Device* device, const std::string& where,
                     const std::string& message, Fault fault) {
  last_error = message;
  if (device == nullptr) device = device_of(nullptr);
  // Without any device there is nobody to report to; the status and the text remain.
  if (device != nullptr) runtime::report(*device, fault, where, message);
  return status;
}

std::size_t version() {
  return state().real.version();
}

const char* get_error_string(cudnnStatus_t status) {
  return state().real.get_error_string(status);
}

void get_last_error_string(char* message, std::size_t size) {
  if (message == nullptr || size == 0) return;
  if (last_error.empty()) {
    state().real.get_last_error_string(message, size);
    return;
  }
  const std::size_t length = std::min(size - 1, last_error.size());
  std::memcpy(message, last_error.data(), length);
  message[length] = '\0';
  last_error.clear();
}

cudnnStatus_t create(cudnnHandle_t* handle) {
  if (handle == nullptr) return CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0)
    return CUDNN_STATUS_NOT_INITIALIZED;
  State& all = state();
  const std::lock_guard lock(all.mutex);
  auto owned = std::make_unique<Handle>();
  owned->device = device_of(nullptr);
  // Opaque to callers, and never passed to the real library.
  *handle = reinterpret_cast<cudnnHandle_t>(owned.get());
  all.handles.emplace(*handle, std::move(owned));
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t destroy(cudnnHandle_t handle) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  if (all.handles.erase(handle) == 0)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, "cudnnDestroy",
                  "the handle was not made by cudnnCreate, or is already destroyed");
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t set_stream(cudnnHandle_t handle, cudaStream_t stream) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  Handle* const known = all.find(handle);
  if (known == nullptr)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, "cudnnSetStream",
                  "the handle was not made by cudnnCreate, or is already destroyed");
  if (stream != nullptr && device_of(stream) != known->device)
    return refuse(CUDNN_STATUS_BAD_PARAM, nullptr, "cudnnSetStream",
                  "the stream is destroyed or belongs to another device than the handle");
  known->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace cuda_sim::cudnn
