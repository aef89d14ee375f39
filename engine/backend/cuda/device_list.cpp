#include "engine/backend/cuda/device_list.h"

#include <cuda_runtime_api.h>

#include "engine/backend/cuda/check.h"
#include "engine/backend/cuda/cublas/library.h"
#include "engine/backend/cuda/cuda_backend.h"
#include "engine/backend/cuda/cudnn/plan_target.h"
#include "engine/backend/cuda/device.h"
#include "engine/backend/cuda/numerics.h"
#include "engine/base/error.h"

namespace corticast::cuda {
namespace {

std::vector<Precision> precisions_of(const Device& device) {
  std::vector<Precision> precisions;
  for (const Precision precision : {Precision::kFp32, Precision::kFp32Strict, Precision::kTf32,
                                    Precision::kFp16, Precision::kBf16}) {
    try {
      numerics_of(precision, device);
      precisions.push_back(precision);
    } catch (const Error&) {
      // This card does not have it.
    }
  }
  return precisions;
}

// Only one of two readouts needs cuBLAS, so a device is usable without.
std::string cublas_version_or_none() {
  try {
    return cublas_version();
  } catch (const Error&) {
    return {};
  }
}

void describe(int ordinal, DeviceInfo& info) {
  const Device device = open_device(ordinal);
  info.card = device.name;
  info.compute_capability = device.compute_capability;
  info.multiprocessors = device.multiprocessors;
  info.memory_bytes = device.memory_bytes;
  const int driver = device.driver_version;
  info.driver = std::to_string(driver / 1000) + "." + std::to_string(driver % 1000 / 10);
  device.use();
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "asking for free memory");
  info.free_bytes = free;
  info.cudnn = cudnn_version_text();
  info.plans_without_device = cudnn_describes_cards();
  info.cublas = cublas_version_or_none();
  info.precisions = precisions_of(device);
  info.identity = open_cuda_backend(ordinal)->identity();
}

}  // namespace

std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> devices;
  const int count = device_count();
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    DeviceInfo& info = devices.emplace_back();
    info.device = "cuda:" + std::to_string(ordinal);
    try {
      describe(ordinal, info);
    } catch (const Error& error) {
      info.problem = error.what() + (error.hint().empty() ? "" : ". " + error.hint());
    }
  }
  return devices;
}

}  // namespace corticast::cuda
