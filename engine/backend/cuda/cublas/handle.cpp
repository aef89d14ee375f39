#include "engine/backend/cuda/cublas/handle.h"

#include "engine/base/error.h"

namespace corticast::cuda {

void check(cublasStatus_t status, const std::string& doing) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw Error(ErrorCode::kDevice,
              "cuBLAS failed while " + doing + ": " + cublas_library().get_status_name(status),
              "Check that this cuBLAS is made for this card and driver, or use --readout fused, "
              "which needs none.");
}

std::size_t cublas_workspace_bytes(int compute_capability) {
  constexpr std::size_t kMebibyte = std::size_t{1} << 20;
  return (compute_capability >= 90 ? 32 : 4) * kMebibyte;
}

CublasHandle::CublasHandle() {
  check(cublas_library().create(&handle_), "starting on the device");
}

CublasHandle::~CublasHandle() {
  if (handle_ != nullptr) cublas_library().destroy(handle_);
}

void CublasHandle::bind(cudaStream_t stream, void* workspace, std::size_t bytes) {
  // In this order: a new stream takes the workspace away.
  check(cublas_library().set_stream(handle_, stream), "setting its stream");
  check(cublas_library().set_workspace(handle_, workspace, bytes), "setting its workspace");
}

}  // namespace corticast::cuda
