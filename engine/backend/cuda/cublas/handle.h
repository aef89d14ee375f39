// Owner of cuBLAS's handle over the function table. Errors carry cuBLAS's own text.
#pragma once

#include <cstddef>
#include <string>

#include "engine/backend/cuda/cublas/library.h"

namespace corticast::cuda {

// Throws Error{kDevice} unless status is success. doing: "multiplying masks and images".
void check(cublasStatus_t status, const std::string& doing);

// Bytes of workspace for a card: what the documentation of cublasSetWorkspace() recommends for
// Hopper (32 MiB, taken for every later card, too) and for those before it (4 MiB).
std::size_t cublas_workspace_bytes(int compute_capability);

// cuBLAS on the device that is current when it is made; loads the library. Used by one thread at a
// time.
class CublasHandle {
 public:
  CublasHandle();
  ~CublasHandle();
  CublasHandle(const CublasHandle&) = delete;
  CublasHandle& operator=(const CublasHandle&) = delete;

  // From now on products go into this stream and use no working memory but this: device memory,
  // 256-byte aligned. With one workspace and one stream cuBLAS gives the same bits every time.
  void bind(cudaStream_t stream, void* workspace, std::size_t bytes);

  cublasHandle_t get() const { return handle_; }

 private:
  cublasHandle_t handle_ = nullptr;
};

}  // namespace corticast::cuda
