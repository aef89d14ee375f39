#include "engine/backend/cuda/check.h"

namespace corticast::cuda {

std::string to_string(cudaError_t status) {
  return std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")";
}

void check(cudaError_t status, const std::string& doing) {
  if (status == cudaSuccess) return;
  throw Error(ErrorCode::kDevice, "CUDA failed while " + doing + ": " + to_string(status),
              status == cudaErrorMemoryAllocation
                  ? "Use a smaller --batch, another device, or --device cpu."
                  : "Run again; if it stays, look at nvidia-smi and use --device cpu meanwhile.");
}

}  // namespace corticast::cuda
