// The CUDA backend is a module loaded at run time, so that the programs start on machines without
// CUDA and the same engine can be given a simulated device. Module and engine are built together:
// C++ objects and exceptions cross between them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/device_info.h"
#include "engine/backend/plan_list.h"

namespace corticast {

// Same sources, same compiler: the module must have the engine's own string.
inline constexpr const char* kCudaModuleVersion = "corticast " CORTICAST_VERSION ", " __VERSION__;

// What a module's function corticast_cuda_module (kCudaModuleEntry) returns a pointer to.
struct CudaModule {
  const char* version;
  std::unique_ptr<Backend> (*open)(int ordinal);
  std::vector<DeviceInfo> (*devices)();
  PlanList (*list_plans)(const PlanQuery& query);
};
inline constexpr const char* kCudaModuleEntry = "corticast_cuda_module";

// device: "cuda" (the first one), "cuda:N" or "cuda:all" (all that can be used). Loads the module
// that the environment variable CORTICAST_CUDA_MODULE names, or else libcorticast_cuda.so where
// modules lie (engine/base/modules.h); it stays loaded until the process ends. Throws
// Error{kDevice} saying which step failed (device text, module, driver, device, cuDNN) and the
// remedy.
std::unique_ptr<Backend> open_cuda_module(const std::string& device);

// Every CUDA device of this machine, usable or not. Throws Error{kDevice} where there is none,
// saying why, with the same remedies.
std::vector<DeviceInfo> cuda_devices();

// Plans for a device of this machine, or for a card that need not be here, which takes the module
// and cuDNN 9.8 or later, no driver. Throws Error{kDevice} without them, Error{kUsage} for a
// description that cuDNN refuses.
PlanList list_cuda_plans(const PlanQuery& query);

}  // namespace corticast

// A module's entry point.
extern "C" const corticast::CudaModule* corticast_cuda_module();
