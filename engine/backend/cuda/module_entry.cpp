// What the engine finds in the module: see engine/backend/cuda_module.h.
#include "engine/backend/cuda/core_plan_list.h"
#include "engine/backend/cuda/cuda_backend.h"
#include "engine/backend/cuda/device_list.h"
#include "engine/backend/cuda_module.h"

extern "C" __attribute__((visibility("default"))) const corticast::CudaModule*
corticast_cuda_module() {
  static const corticast::CudaModule module = {
      corticast::kCudaModuleVersion, corticast::cuda::open_cuda_backend,
      corticast::cuda::list_devices, corticast::cuda::list_core_plans};
  return &module;
}
