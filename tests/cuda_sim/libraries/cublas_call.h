// One matrix multiplication as cuBLAS is asked for it, and the checks of its arguments and of the
// memory it touches.
#pragma once

#include <cublas_v2.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/cuda_sim/libraries/bindings.h"
#include "tests/cuda_sim/libraries/gemm.h"
#include "tests/cuda_sim/machine/memory.h"

namespace cuda_sim::cublas {

struct MatrixArgument {
  std::uint64_t address = 0;
  cudaDataType type = CUDA_R_32F;
  std::int64_t ld = 0;
  std::int64_t stride = 0;  // elements from one matrix of the batch to the next
};

struct Call {
  std::string function;  // "cublasGemmEx"
  cublasOperation_t transa = CUBLAS_OP_N;
  cublasOperation_t transb = CUBLAS_OP_N;
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  std::int64_t batch = 1;
  MatrixArgument a;
  MatrixArgument b;
  MatrixArgument c;
  const void* alpha = nullptr;
  const void* beta = nullptr;
  cublasComputeType_t compute_type = CUBLAS_COMPUTE_32F;
  bool tf32_mode = false;  // math mode CUBLAS_TF32_TENSOR_OP_MATH
  std::uint32_t sm = 80;
};

struct Refusal {
  cublasStatus_t status = CUBLAS_STATUS_SUCCESS;
  std::string message;
};

// Success, or the first argument that is wrong. Looks at no memory but alpha and beta.
Refusal check_arguments(const Call& call);

// The call as arithmetic: types, scalars, rounding of inputs; pointers are left null. The arguments
// have passed check_arguments().
Gemm arithmetic_of(const Call& call);

// At the moment the work runs. reads_ab, reads_c: whether A and B, C are read at all.
std::vector<cudnn::Finding> check_memory(const Call& call, bool reads_ab, bool reads_c,
                                         Memory& memory);

// Rows and columns as they lie in memory.
struct Extent {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};
Extent extent_a(const Call& call);
Extent extent_b(const Call& call);
// Bytes of a matrix from its first to its last element.
std::uint64_t span(const MatrixArgument& matrix, const Extent& extent);
std::uint64_t element_bytes(cudaDataType type);

}  // namespace cuda_sim::cublas
