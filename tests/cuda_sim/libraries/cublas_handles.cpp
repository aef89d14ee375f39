#include "tests/cuda_sim/libraries/cublas_handles.h"

#include <cuda_runtime_api.h>

#include "tests/cuda_sim/libraries/bindings.h"
#include "tests/cuda_sim/libraries/cublas.h"
#include "tests/cuda_sim/libraries/devices.h"
#include "tests/cuda_sim/runtime/library_work.h"

namespace cuda_sim::cublas {
namespace {

struct Handles {
  std::mutex mutex;
  std::map<cublasHandle_t, std::unique_ptr<Handle>> all;
};

Handles& handles() {
  static Handles the_handles;
  return the_handles;
}

cublasStatus_t unknown_handle(const std::string& function) {
  return refuse(CUBLAS_STATUS_NOT_INITIALIZED, nullptr, function,
                "the handle was not made by cublasCreate, or is already destroyed");
}

}  // namespace

cublasStatus_t refuse(cublasStatus_t status, Device* device, const std::string& function,
                      const std::string& message) {
  if (device == nullptr) device = device_of(nullptr);
  // Without any device there is nobody to report to; the status remains.
  if (device != nullptr) runtime::report(*device, Fault::kLibrary, function, message);
  return status;
}

bool look_up(cublasHandle_t handle, const std::string& function, Handle& copy) {
  Handles& known = handles();
  const std::lock_guard lock(known.mutex);
  const auto found = known.all.find(handle);
  if (found == known.all.end()) {
    unknown_handle(function);
    return false;
  }
  copy = *found->second;
  return true;
}

cublasStatus_t create(cublasHandle_t* handle) {
  if (handle == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0)
    return CUBLAS_STATUS_NOT_INITIALIZED;
  auto owned = std::make_unique<Handle>();
  owned->device = device_of(nullptr);
  *handle = reinterpret_cast<cublasHandle_t>(owned.get());
  Handles& known = handles();
  const std::lock_guard lock(known.mutex);
  known.all.emplace(*handle, std::move(owned));
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t destroy(cublasHandle_t handle) {
  Handles& known = handles();
  const std::lock_guard lock(known.mutex);
  if (known.all.erase(handle) == 0) return unknown_handle("cublasDestroy");
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t get_version(cublasHandle_t handle, int* version) {
  Handle copy;
  if (!look_up(handle, "cublasGetVersion", copy)) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (version == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  *version = CUBLAS_VERSION;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t get_property(libraryPropertyType type, int* value) {
  if (value == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  switch (type) {
    case MAJOR_VERSION:
      *value = CUBLAS_VER_MAJOR;
      return CUBLAS_STATUS_SUCCESS;
    case MINOR_VERSION:
      *value = CUBLAS_VER_MINOR;
      return CUBLAS_STATUS_SUCCESS;
    case PATCH_LEVEL:
      *value = CUBLAS_VER_PATCH;
      return CUBLAS_STATUS_SUCCESS;
  }
  return CUBLAS_STATUS_INVALID_VALUE;
}

const char* get_status_name(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_ARCH_MISMATCH:
      return "CUBLAS_STATUS_ARCH_MISMATCH";
    case CUBLAS_STATUS_MAPPING_ERROR:
      return "CUBLAS_STATUS_MAPPING_ERROR";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case CUBLAS_STATUS_INTERNAL_ERROR:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
    case CUBLAS_STATUS_LICENSE_ERROR:
      return "CUBLAS_STATUS_LICENSE_ERROR";
  }
  return "unknown cublasStatus_t";
}

cublasStatus_t set_stream(cublasHandle_t handle, cudaStream_t stream) {
  Handles& known = handles();
  const std::lock_guard lock(known.mutex);
  const auto found = known.all.find(handle);
  if (found == known.all.end()) return unknown_handle("cublasSetStream");
  Handle& state = *found->second;
  if (stream != nullptr && device_of(stream) != state.device)
    return refuse(CUBLAS_STATUS_INVALID_VALUE, nullptr, "cublasSetStream",
                  "the stream is destroyed or belongs to another device than the handle");
  state.stream = stream;
  state.workspace = 0;
  state.workspace_bytes = 0;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t set_workspace(cublasHandle_t handle, void* workspace, std::size_t bytes) {
  Handles& known = handles();
  const std::lock_guard lock(known.mutex);
  const auto found = known.all.find(handle);
  if (found == known.all.end()) return unknown_handle("cublasSetWorkspace");
  Handle& state = *found->second;
  const auto address = reinterpret_cast<std::uint64_t>(workspace);
  if (address % 256 != 0)
    return refuse(CUBLAS_STATUS_INVALID_VALUE, state.device, "cublasSetWorkspace",
                  "the workspace is not aligned to 256 bytes");
  if (bytes > 0) {
    const auto devices = runtime::lock_devices();
    const std::string reason = cudnn::outside(state.device->memory(), address, bytes);
    if (!reason.empty())
      return refuse(CUBLAS_STATUS_INVALID_VALUE, state.device, "cublasSetWorkspace",
                    "the workspace takes " + std::to_string(bytes) + " bytes: " + reason);
  }
  state.workspace = address;
  state.workspace_bytes = bytes;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t set_math_mode(cublasHandle_t handle, cublasMath_t mode) {
  Handles& known = handles();
  const std::lock_guard lock(known.mutex);
  const auto found = known.all.find(handle);
  if (found == known.all.end()) return unknown_handle("cublasSetMathMode");
  // The flag that forbids reduced-precision reductions changes nothing here: there are none.
  const int base =
      static_cast<int>(mode) & ~static_cast<int>(CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION);
  if (base != CUBLAS_DEFAULT_MATH && base != CUBLAS_PEDANTIC_MATH &&
      base != CUBLAS_TF32_TENSOR_OP_MATH)
    return refuse(CUBLAS_STATUS_NOT_SUPPORTED, found->second->device, "cublasSetMathMode",
                  "math mode " + std::to_string(base) + " of cublasMath_t is not simulated");
  found->second->math_mode = static_cast<cublasMath_t>(base);
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace cuda_sim::cublas
