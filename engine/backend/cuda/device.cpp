#include "engine/backend/cuda/device.h"

#include "engine/backend/cuda/check.h"

namespace corticast::cuda {
namespace {

constexpr int kOldestCard = 75;  // Turing

int attribute(int ordinal, cudaDeviceAttr name) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, name, ordinal), "asking for a device's properties");
  return value;
}

}  // namespace

int device_count() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess && count > 0) return count;
  cudaGetLastError();  // so that no later call reports it again
  if (status == cudaErrorInsufficientDriver) {
    throw Error(ErrorCode::kDevice,
                "no usable NVIDIA driver: none is installed, or it is older than CUDA " +
                    std::to_string(CUDART_VERSION / 1000) + " needs",
                "Install or update the driver (nvidia-smi shows it), or use --device cpu.");
  }
  throw Error(ErrorCode::kDevice,
              "no CUDA device" + (status == cudaSuccess ? "" : ": " + to_string(status)),
              "Check nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu.");
}

const Device& Device::use() const {
  check(cudaSetDevice(ordinal), "choosing device " + std::to_string(ordinal));
  return *this;
}

Device open_device(int ordinal) {
  const int count = device_count();
  if (ordinal >= count) {
    throw Error(ErrorCode::kDevice,
                "there is no device cuda:" + std::to_string(ordinal) + ": " +
                    std::to_string(count) + (count == 1 ? " CUDA device" : " CUDA devices") +
                    " here",
                "Use cuda:0" + (count == 1 ? "" : " to cuda:" + std::to_string(count - 1)) + ".");
  }
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, ordinal), "asking for a device's properties");
  int driver = 0;
  check(cudaDriverGetVersion(&driver), "asking for the driver's version");
  Device device{
      ordinal,
      properties.name,
      10 * attribute(ordinal, cudaDevAttrComputeCapabilityMajor) +
          attribute(ordinal, cudaDevAttrComputeCapabilityMinor),
      attribute(ordinal, cudaDevAttrMultiProcessorCount),
      static_cast<std::size_t>(attribute(ordinal, cudaDevAttrMaxSharedMemoryPerBlockOptin)),
      static_cast<std::size_t>(attribute(ordinal, cudaDevAttrL2CacheSize)),
      properties.totalGlobalMem,
      driver};
  if (device.compute_capability < kOldestCard) {
    throw Error(ErrorCode::kDevice,
                "cuda:" + std::to_string(ordinal) + " (" + device.name +
                    ") has compute capability " + std::to_string(device.compute_capability / 10) +
                    "." + std::to_string(device.compute_capability % 10) + ", 7.5 is needed",
                "Use a Turing card or a newer one, or --device cpu.");
  }
  return device;
}

}  // namespace corticast::cuda
