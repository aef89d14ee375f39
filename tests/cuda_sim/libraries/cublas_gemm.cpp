#include <chrono>
#include <cstring>

#include "tests/cuda_sim/libraries/cublas.h"
#include "tests/cuda_sim/libraries/cublas_call.h"
#include "tests/cuda_sim/libraries/cublas_handles.h"
#include "tests/cuda_sim/libraries/devices.h"
#include "tests/cuda_sim/runtime/library_work.h"

namespace cuda_sim::cublas {
namespace {

// What a stream runs for one call.
struct Work {
  Call call;
  Gemm arithmetic;
  std::uint64_t workspace;
  std::uint64_t workspace_bytes;

  bool reads_ab() const { return arithmetic.k > 0 && arithmetic.alpha != 0; }
  bool reads_c() const { return arithmetic.beta != 0; }

  void operator()(Device& device) const {
    const auto start = std::chrono::steady_clock::now();
    Memory& memory = device.memory();
    if (!checked(device, memory)) return;
    KernelCounts& counts = device.counts()["cuBLAS " + std::to_string(call.m) + "x" +
                                           std::to_string(call.n) + "x" + std::to_string(call.k)];
    count_traffic(memory, counts);
    // The library may leave anything here: NaN in every floating-point type.
    if (workspace_bytes > 0)
      std::memset(memory.write(workspace, workspace_bytes), 0xff, workspace_bytes);
    for (std::int64_t index = 0; index < call.batch; ++index) run(memory, index);
    ++counts.launches;
    counts.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

 private:
  bool checked(Device& device, Memory& memory) const {
    std::vector<cudnn::Finding> findings = check_memory(call, reads_ab(), reads_c(), memory);
    const std::string reason =
        workspace_bytes == 0 ? "" : cudnn::outside(memory, workspace, workspace_bytes);
    if (!reason.empty())
      findings.push_back({Fault::kGlobalBounds, "the workspace: " + reason, true});
    bool runs = true;
    for (const cudnn::Finding& finding : findings) {
      if (finding.stops)
        runtime::fail(device, finding.fault, call.function, finding.message);
      else
        runtime::report(device, finding.fault, call.function, finding.message);
      runs &= !finding.stops;
    }
    return runs;
  }

  // Bytes that any implementation has to move: every matrix once.
  void count_traffic(Memory& memory, KernelCounts& counts) const {
    const auto count = [&](const MatrixArgument& matrix, const Extent& extent, bool read,
                           bool write) {
      const std::int64_t matrices = matrix.stride == 0 ? 1 : call.batch;
      const std::uint64_t bytes =
          static_cast<std::uint64_t>(extent.rows * extent.columns * matrices) *
          element_bytes(matrix.type);
      Allocation& allocation = *memory.find(matrix.address);
      auto& traffic = counts.allocations[allocation.number];
      if (read) {
        counts.global_loaded += bytes;
        traffic.loaded += bytes;
        allocation.bytes_loaded += bytes;
      }
      if (write) {
        counts.global_stored += bytes;
        traffic.stored += bytes;
        allocation.bytes_stored += bytes;
      }
    };
    if (reads_ab()) {
      count(call.a, extent_a(call), true, false);
      count(call.b, extent_b(call), true, false);
    }
    count(call.c, {call.m, call.n}, reads_c(), true);
  }

  void run(Memory& memory, std::int64_t index) const {
    const auto address = [&](const MatrixArgument& matrix) {
      return matrix.address +
             static_cast<std::uint64_t>(index * matrix.stride) * element_bytes(matrix.type);
    };
    bool ignored = false;
    Gemm gemm = arithmetic;
    if (reads_ab()) {
      gemm.a.data = memory.read(address(call.a), span(call.a, extent_a(call)), &ignored);
      gemm.b.data = memory.read(address(call.b), span(call.b, extent_b(call)), &ignored);
    }
    // Only the columns count as written, not the gaps between them.
    for (std::int64_t column = call.n - 1; column >= 0; --column)
      gemm.c = memory.write(address(call.c) + static_cast<std::uint64_t>(column * call.c.ld) *
                                                  element_bytes(call.c.type),
                            static_cast<std::uint64_t>(call.m) * element_bytes(call.c.type));
    multiply(gemm);
  }
};

cublasStatus_t submit(cublasHandle_t handle, Call call) {
  Handle state;
  if (!look_up(handle, call.function, state)) return CUBLAS_STATUS_NOT_INITIALIZED;
  Device& device = *state.device;
  if (device_of(nullptr) != &device)
    return refuse(CUBLAS_STATUS_INVALID_VALUE, nullptr, call.function,
                  "the calling thread's current device is not the one the handle was made on");
  call.sm = device.profile().sm;
  call.tf32_mode = state.math_mode == CUBLAS_TF32_TENSOR_OP_MATH;
  {
    const auto devices = runtime::lock_devices();
    for (const void* scalar : {call.alpha, call.beta})
      if (device.memory().find(reinterpret_cast<std::uint64_t>(scalar)) != nullptr)
        return refuse(CUBLAS_STATUS_INVALID_VALUE, &device, call.function,
                      "alpha or beta is in device memory, but the pointer mode is host");
  }
  const Refusal refusal = check_arguments(call);
  if (refusal.status != CUBLAS_STATUS_SUCCESS)
    return refuse(refusal.status, &device, call.function, refusal.message);
  if (call.m == 0 || call.n == 0 || call.batch == 0) return CUBLAS_STATUS_SUCCESS;
  const cudaError_t error =
      runtime::enqueue(state.stream, call.function,
                       Work{call, arithmetic_of(call), state.workspace, state.workspace_bytes});
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

MatrixArgument matrix(const void* data, cudaDataType type, std::int64_t ld, std::int64_t stride) {
  return {reinterpret_cast<std::uint64_t>(data), type, ld, stride};
}

}  // namespace

cublasStatus_t sgemm(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
                     int m, int n, int k, const float* alpha, const float* a, int lda,
                     const float* b, int ldb, const float* beta, float* c, int ldc) {
  return submit(handle,
                {"cublasSgemm", transa, transb, m, n, k, 1, matrix(a, CUDA_R_32F, lda, 0),
                 matrix(b, CUDA_R_32F, ldb, 0), matrix(c, CUDA_R_32F, ldc, 0), alpha, beta});
}

cublasStatus_t sgemm_strided_batched(cublasHandle_t handle, cublasOperation_t transa,
                                     cublasOperation_t transb, int m, int n, int k,
                                     const float* alpha, const float* a, int lda,
                                     long long int stride_a, const float* b, int ldb,
                                     long long int stride_b, const float* beta, float* c, int ldc,
                                     long long int stride_c, int batch_count) {
  return submit(handle, {"cublasSgemmStridedBatched", transa, transb, m, n, k, batch_count,
                         matrix(a, CUDA_R_32F, lda, stride_a), matrix(b, CUDA_R_32F, ldb, stride_b),
                         matrix(c, CUDA_R_32F, ldc, stride_c), alpha, beta});
}

cublasStatus_t gemm_ex(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
                       int m, int n, int k, const void* alpha, const void* a, cudaDataType a_type,
                       int lda, const void* b, cudaDataType b_type, int ldb, const void* beta,
                       void* c, cudaDataType c_type, int ldc, cublasComputeType_t compute_type,
                       cublasGemmAlgo_t) {
  return submit(handle,
                {"cublasGemmEx", transa, transb, m, n, k, 1, matrix(a, a_type, lda, 0),
                 matrix(b, b_type, ldb, 0), matrix(c, c_type, ldc, 0), alpha, beta, compute_type});
}

cublasStatus_t gemm_strided_batched_ex(cublasHandle_t handle, cublasOperation_t transa,
                                       cublasOperation_t transb, int m, int n, int k,
                                       const void* alpha, const void* a, cudaDataType a_type,
                                       int lda, long long int stride_a, const void* b,
                                       cudaDataType b_type, int ldb, long long int stride_b,
                                       const void* beta, void* c, cudaDataType c_type, int ldc,
                                       long long int stride_c, int batch_count,
                                       cublasComputeType_t compute_type, cublasGemmAlgo_t) {
  return submit(handle, {"cublasGemmStridedBatchedEx", transa, transb, m, n, k, batch_count,
                         matrix(a, a_type, lda, stride_a), matrix(b, b_type, ldb, stride_b),
                         matrix(c, c_type, ldc, stride_c), alpha, beta, compute_type});
}

}  // namespace cuda_sim::cublas
