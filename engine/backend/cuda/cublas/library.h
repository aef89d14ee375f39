// The only door to cuBLAS: a table of its functions, filled by dlopen when the first matrix product
// is asked for, so that whoever needs none needs no cuBLAS, and tests can put a table of their own
// in its place. cuBLAS 12 and 13.
#pragma once

#include <cublas_v2.h>

#include <string>
#include <vector>

namespace corticast::cuda {

// Each member is the function of cuBLAS that its comment names, with that function's contract.
struct CublasLibrary {
  decltype(&cublasGetProperty) get_property;       // cublasGetProperty
  decltype(&cublasGetStatusName) get_status_name;  // cublasGetStatusName
  decltype(&cublasCreate_v2) create;               // cublasCreate_v2
  decltype(&cublasDestroy_v2) destroy;             // cublasDestroy_v2
  decltype(&cublasSetStream_v2) set_stream;        // cublasSetStream_v2
  decltype(&cublasSetWorkspace_v2) set_workspace;  // cublasSetWorkspace_v2
  // cublasGemmStridedBatchedEx, whose name is overloaded in C++.
  cublasStatus_t (*gemm_strided_batched_ex)(
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n,
      int k, const void* alpha, const void* a, cudaDataType a_type, int lda, long long int stride_a,
      const void* b, cudaDataType b_type, int ldb, long long int stride_b, const void* beta,
      void* c, cudaDataType c_type, int ldc, long long int stride_c, int batch_count,
      cublasComputeType_t compute_type, cublasGemmAlgo_t algorithm);
};

// File names to try, in order: the value of CORTICAST_CUBLAS (a path of libcublas.so.12 or .13)
// alone when it is set, otherwise libcublas.so.13, then .12, wherever the dynamic linker finds
// them.
std::vector<std::string> cublas_candidates();

// Loads the first candidate that opens; it stays loaded until the process ends. Throws
// Error{kDevice} naming every candidate and the linker's reason, a missing function, or a version
// that is not cuBLAS 12 or 13, each with the remedy.
CublasLibrary open_cublas(const std::vector<std::string>& candidates);

// The table that the backend uses, opened once. Throws like open_cublas(), each time anew. Defined
// in library.cpp, which tests leave out to link a definition of their own.
const CublasLibrary& cublas_library();

// "13.1.0", of cublas_library(), and throws like it.
std::string cublas_version();

}  // namespace corticast::cuda
