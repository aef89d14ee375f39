// Handles of the cuBLAS stand-in.
#pragma once

#include <cublas_v2.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::cublas {

struct Handle {
  Device* device = nullptr;  // that was current at cublasCreate
  cudaStream_t stream = nullptr;
  cublasMath_t math_mode = CUBLAS_DEFAULT_MATH;
  std::uint64_t workspace = 0;  // 0: the library's own
  std::uint64_t workspace_bytes = 0;
};

// A copy of the handle's state; false, with a report, when the handle does not exist.
bool look_up(cublasHandle_t handle, const std::string& function, Handle& copy);

// Adds a report and returns the status. device null: the current one.
cublasStatus_t refuse(cublasStatus_t status, Device* device, const std::string& function,
                      const std::string& message);

}  // namespace cuda_sim::cublas
