#include "engine/backend/backend.h"
#include "engine/backend/check/check_backend.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cuda_module.h"
#include "engine/backend/reduced/reduced_backend.h"

namespace corticast {
namespace {

constexpr const char* kDevices =
    "Devices: cpu, cuda, cuda:N, cuda:all, check:A,B, or auto to let "
    "corticast choose.";

constexpr std::string_view kCheck = "check:";

// A device, or two, that need not know of reductions.
std::unique_ptr<Backend> open_device(const DeviceOptions& options);

std::unique_ptr<Backend> open_check(const DeviceOptions& options) {
  const std::string pair = options.device.substr(kCheck.size());
  const std::size_t comma = pair.find(',');
  const std::string first = pair.substr(0, comma);
  const std::string second = comma == std::string::npos ? "" : pair.substr(comma + 1);
  for (const std::string& device : {first, second}) {
    if (!device.empty() && device != "auto" && !device.starts_with(kCheck) &&
        device.find(',') == std::string::npos) {
      continue;
    }
    throw Error(ErrorCode::kDevice, "'" + options.device + "' does not name two devices to compare",
                "For example --device check:cuda,cpu.");
  }
  auto one = open_device({first, options.threads});
  return open_check_backend(std::move(one), open_device({second, options.threads}));
}

std::unique_ptr<Backend> open_device(const DeviceOptions& options) {
  if (options.device == "cpu") return cpu::open_cpu_backend(options.threads);
  if (options.device.starts_with("cuda")) return open_cuda_module(options.device);
  if (options.device.starts_with(kCheck)) return open_check(options);
  throw Error(ErrorCode::kDevice, "device '" + options.device + "' is not available", kDevices);
}

}  // namespace

std::unique_ptr<Backend> open_backend(const DeviceOptions& options) {
  return with_reductions(open_device(options), options.device == "cpu", options.threads);
}

}  // namespace corticast
