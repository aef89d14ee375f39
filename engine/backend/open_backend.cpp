#include "engine/backend/backend.h"
#include "engine/backend/cpu/cpu_backend.h"

namespace corticast {

std::unique_ptr<Backend> open_backend(const DeviceOptions& options) {
  if (options.device == "auto" || options.device == "cpu") {
    return cpu::open_cpu_backend(options.threads);
  }
  const bool planned = options.device.starts_with("cuda") || options.device.starts_with("check:");
  throw Error(ErrorCode::kDevice,
              "device '" + options.device + "' is not available: " +
                  (planned ? "this build of corticast has no CUDA backend" : "no such device"),
              "Devices of this build: cpu, or auto to let corticast choose.");
}

}  // namespace corticast
