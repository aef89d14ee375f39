#include <algorithm>
#include <array>
#include <cstring>

#include "tests/cuda_sim/libraries/cublas_call.h"

namespace cuda_sim::cublas {
namespace {

// Supported combinations without integers, complex numbers and double (cuBLAS documentation,
// cublasGemmEx). The types of A and B are equal in all of them.
struct Combination {
  cublasComputeType_t compute;
  cudaDataType ab;
  cudaDataType c;
  InputRounding rounding;
};
constexpr std::array kCombinations = {
    Combination{CUBLAS_COMPUTE_16F, CUDA_R_16F, CUDA_R_16F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_16F_PEDANTIC, CUDA_R_16F, CUDA_R_16F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F, CUDA_R_16BF, CUDA_R_16BF, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F, CUDA_R_16F, CUDA_R_16F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F, CUDA_R_16BF, CUDA_R_32F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F, CUDA_R_16F, CUDA_R_32F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_32F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F_PEDANTIC, CUDA_R_16BF, CUDA_R_16BF, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F_PEDANTIC, CUDA_R_16F, CUDA_R_16F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F_PEDANTIC, CUDA_R_16BF, CUDA_R_32F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F_PEDANTIC, CUDA_R_16F, CUDA_R_32F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F_PEDANTIC, CUDA_R_32F, CUDA_R_32F, InputRounding::kNone},
    Combination{CUBLAS_COMPUTE_32F_FAST_16F, CUDA_R_32F, CUDA_R_32F, InputRounding::kHalf},
    Combination{CUBLAS_COMPUTE_32F_FAST_16BF, CUDA_R_32F, CUDA_R_32F, InputRounding::kBfloat16},
    Combination{CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F, CUDA_R_32F, InputRounding::kTf32},
};

const Combination* combination_of(const Call& call) {
  const auto* const found =
      std::find_if(kCombinations.begin(), kCombinations.end(), [&](const Combination& known) {
        return known.compute == call.compute_type && known.ab == call.a.type &&
               known.ab == call.b.type && known.c == call.c.type;
      });
  return found == kCombinations.end() ? nullptr : found;
}

bool sixteen_bit_scalars(const Call& call) {
  return call.compute_type == CUBLAS_COMPUTE_16F ||
         call.compute_type == CUBLAS_COMPUTE_16F_PEDANTIC;
}

double scalar(const Call& call, const void* from) {
  const DataType type = sixteen_bit_scalars(call) ? DataType::kHalf : DataType::kFloat;
  return static_cast<double>(load_number(type, static_cast<const std::byte*>(from)));
}

DataType data_type(cudaDataType type) {
  return type == CUDA_R_16F    ? DataType::kHalf
         : type == CUDA_R_16BF ? DataType::kBfloat16
                               : DataType::kFloat;
}

Refusal invalid(const std::string& message) {
  return {CUBLAS_STATUS_INVALID_VALUE, message};
}

Refusal check_leading(const std::string& name, const MatrixArgument& matrix, std::int64_t rows) {
  const std::int64_t least = std::max<std::int64_t>(1, rows);
  if (matrix.ld >= least) return {};
  return invalid(name + " is " + std::to_string(matrix.ld) + ", must be at least " +
                 std::to_string(least));
}

Refusal check_pointer(const std::string& name, const MatrixArgument& matrix) {
  if (matrix.address == 0) return invalid(name + " is null");
  if (matrix.address % element_bytes(matrix.type) != 0)
    return invalid(name + " is not aligned to its element");
  if (matrix.stride < 0)
    return {CUBLAS_STATUS_NOT_SUPPORTED, "a negative stride of " + name + " is not simulated"};
  return {};
}

}  // namespace

std::uint64_t element_bytes(cudaDataType type) {
  return bytes_of(data_type(type));
}

Extent extent_a(const Call& call) {
  return call.transa == CUBLAS_OP_N ? Extent{call.m, call.k} : Extent{call.k, call.m};
}

Extent extent_b(const Call& call) {
  return call.transb == CUBLAS_OP_N ? Extent{call.k, call.n} : Extent{call.n, call.k};
}

Refusal check_arguments(const Call& call) {
  const auto known = [](cublasOperation_t operation) {
    return operation == CUBLAS_OP_N || operation == CUBLAS_OP_T || operation == CUBLAS_OP_C;
  };
  if (!known(call.transa) || !known(call.transb))
    return invalid("transa and transb must be CUBLAS_OP_N, CUBLAS_OP_T or CUBLAS_OP_C");
  if (call.m < 0 || call.n < 0 || call.k < 0 || call.batch < 0)
    return invalid("m, n, k and batchCount must not be negative, they are " +
                   std::to_string(call.m) + ", " + std::to_string(call.n) + ", " +
                   std::to_string(call.k) + ", " + std::to_string(call.batch));
  for (const Refusal& refusal :
       {check_leading("lda", call.a, extent_a(call).rows),
        check_leading("ldb", call.b, extent_b(call).rows), check_leading("ldc", call.c, call.m)})
    if (refusal.status != CUBLAS_STATUS_SUCCESS) return refusal;
  if (call.alpha == nullptr || call.beta == nullptr) return invalid("alpha or beta is null");

  const Combination* const combination = combination_of(call);
  if (combination == nullptr)
    return {CUBLAS_STATUS_NOT_SUPPORTED,
            "compute type " + std::to_string(static_cast<int>(call.compute_type)) +
                " with A, B, C of cudaDataType " + std::to_string(static_cast<int>(call.a.type)) +
                ", " + std::to_string(static_cast<int>(call.b.type)) + ", " +
                std::to_string(static_cast<int>(call.c.type)) +
                " is not a combination of cublasGemmEx, or one that is not simulated"};
  const bool narrow = call.a.type == CUDA_R_16BF ||
                      combination->rounding == InputRounding::kBfloat16 ||
                      combination->rounding == InputRounding::kTf32;
  if (narrow && call.sm < 80)
    return {CUBLAS_STATUS_NOT_SUPPORTED, "bfloat16 and TF32 on compute capability " +
                                             std::to_string(call.sm) + " are not simulated"};
  if (call.m == 0 || call.n == 0 || call.batch == 0) return {};

  const bool reads_ab = call.k > 0 && scalar(call, call.alpha) != 0;
  std::vector<Refusal> pointers = {check_pointer("C", call.c)};
  if (reads_ab) {
    pointers.push_back(check_pointer("A", call.a));
    pointers.push_back(check_pointer("B", call.b));
  }
  for (const Refusal& refusal : pointers)
    if (refusal.status != CUBLAS_STATUS_SUCCESS) return refusal;
  return {};
}

Gemm arithmetic_of(const Call& call) {
  Gemm gemm;
  gemm.m = call.m;
  gemm.n = call.n;
  gemm.k = call.k;
  gemm.a = {nullptr, data_type(call.a.type), call.a.ld, call.transa != CUBLAS_OP_N};
  gemm.b = {nullptr, data_type(call.b.type), call.b.ld, call.transb != CUBLAS_OP_N};
  gemm.c_type = data_type(call.c.type);
  gemm.ldc = call.c.ld;
  gemm.alpha = scalar(call, call.alpha);
  gemm.beta = scalar(call, call.beta);
  gemm.rounding = combination_of(call)->rounding;
  // The math mode speeds up plain single precision; before compute capability 8.0 it does nothing.
  if (call.tf32_mode && call.sm >= 80 && call.compute_type == CUBLAS_COMPUTE_32F)
    gemm.rounding = InputRounding::kTf32;
  return gemm;
}

}  // namespace cuda_sim::cublas
