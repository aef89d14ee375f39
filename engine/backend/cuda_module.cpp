#include "engine/backend/cuda_module.h"

#include <dlfcn.h>

#include <climits>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "engine/backend/several/several_backend.h"
#include "engine/base/modules.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr const char* kFile = "libcorticast_cuda.so";
constexpr const char* kRemedy =
    "Use --device cpu, or build all of corticast (cmake --build build) where nvcc and cuDNN's "
    "headers are.";

std::vector<std::filesystem::path> candidates() {
  const char* const chosen = std::getenv("CORTICAST_CUDA_MODULE");
  if (chosen != nullptr && *chosen != '\0') return {chosen};
  return module_places(kFile);
}

void* load() {
  std::string tried;
  for (const std::filesystem::path& file : candidates()) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
      tried += (tried.empty() ? "" : ", ") + file.string();
      continue;
    }
    void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) return library;
    const char* const reason = dlerror();
    throw Error(ErrorCode::kDevice,
                "the CUDA module cannot be loaded: " + std::string(reason ? reason : file.c_str()),
                kRemedy);
  }
  throw Error(ErrorCode::kDevice, "this corticast has no CUDA module (looked for " + tried + ")",
              kRemedy);
}

const CudaModule& module() {
  void* const library = load();
  const auto entry =
      reinterpret_cast<decltype(&corticast_cuda_module)>(dlsym(library, kCudaModuleEntry));
  if (entry == nullptr) {
    throw Error(ErrorCode::kDevice,
                "the CUDA module has no function " + std::string(kCudaModuleEntry), kRemedy);
  }
  const CudaModule& module = *entry();
  if (module.version != std::string(kCudaModuleVersion)) {
    throw Error(ErrorCode::kDevice,
                "the CUDA module is '" + std::string(module.version) + "', expected '" +
                    kCudaModuleVersion + "'",
                "Install program and module of one build, or use --device cpu.");
  }
  return module;
}

int ordinal_of(const std::string& device) {
  if (device == "cuda") return 0;
  unsigned ordinal = 0;
  if (!device.starts_with("cuda:") || !parse_number(device.substr(5), ordinal) ||
      ordinal > INT_MAX) {
    throw Error(ErrorCode::kDevice, "device '" + device + "' is not available",
                "Devices: cpu, cuda, cuda:N, cuda:all, or auto to let corticast choose.");
  }
  return static_cast<int>(ordinal);
}

std::unique_ptr<Backend> open_all() {
  std::vector<NamedBackend> usable;
  std::string problems;
  for (const DeviceInfo& info : module().devices()) {
    if (info.problem.empty()) {
      usable.push_back({info.device, module().open(ordinal_of(info.device))});
    } else {
      problems += (problems.empty() ? "" : "; ") + info.device + ": " + info.problem;
    }
  }
  if (usable.empty()) {
    throw Error(ErrorCode::kDevice, "no CUDA device can be used: " + problems, "Use --device cpu.");
  }
  if (usable.size() == 1) return std::move(usable.front().backend);
  return join_backends(std::move(usable));
}

}  // namespace

std::unique_ptr<Backend> open_cuda_module(const std::string& device) {
  if (device == "cuda:all") return open_all();
  const int ordinal = ordinal_of(device);
  return module().open(ordinal);
}

std::vector<DeviceInfo> cuda_devices() {
  return module().devices();
}

PlanList list_cuda_plans(const PlanQuery& query) {
  return module().list_plans(query);
}

}  // namespace corticast
