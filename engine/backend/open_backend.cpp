#include "engine/backend/backend.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cuda_module.h"

namespace corticast {

std::unique_ptr<Backend> open_backend(const DeviceOptions& options) {
  if (options.device == "auto" || options.device == "cpu") {
    return cpu::open_cpu_backend(options.threads);
  }
  if (options.device.starts_with("cuda")) return open_cuda_module(options.device);
  throw Error(ErrorCode::kDevice, "device '" + options.device + "' is not available",
              "Devices: cpu, cuda, cuda:N, cuda:all, or auto to let corticast choose.");
}

}  // namespace corticast
