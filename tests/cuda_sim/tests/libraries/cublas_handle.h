// A cuBLAS handle of the stand-in for one scope.
#pragma once

#include "tests/cuda_sim/libraries/cublas.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {

class CublasHandle {
 public:
  CublasHandle() { REQUIRE(cublas::create(&handle_) == CUBLAS_STATUS_SUCCESS); }
  ~CublasHandle() { cublas::destroy(handle_); }
  CublasHandle(const CublasHandle&) = delete;
  CublasHandle& operator=(const CublasHandle&) = delete;
  cublasHandle_t get() const { return handle_; }

 private:
  cublasHandle_t handle_ = nullptr;
};

}  // namespace cuda_sim::test
