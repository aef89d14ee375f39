// Stand-ins of the cuBLAS functions that a backend of this project uses, on the simulated device.
// Signatures are cuBLAS's own, so a table of function pointers takes either. Each checks what the
// cuBLAS documentation asks of its arguments, answers with the documented status, and reports what
// is wrong (Fault::kLibrary); what is valid but not simulated is CUBLAS_STATUS_NOT_SUPPORTED with a
// report that names it. Work runs in stream order; it checks the bounds of every matrix, that
// inputs were written before, and that outputs overlap nothing.
//
// Differences from the library: sums are in double with one rounding at the end, whatever the
// compute type (of which only the rounding of inputs is kept), alpha and beta are read from the
// host (CUBLAS_POINTER_MODE_HOST), and every call is as good as any other whichever algorithm it
// asks for.
#pragma once

#include <cublas_v2.h>

namespace cuda_sim::cublas {

cublasStatus_t create(cublasHandle_t* handle);
cublasStatus_t destroy(cublasHandle_t handle);
cublasStatus_t get_version(cublasHandle_t handle, int* version);
cublasStatus_t get_property(libraryPropertyType type, int* value);
const char* get_status_name(cublasStatus_t status);

// Also goes back to the library's own workspace, as cublasSetStream does.
cublasStatus_t set_stream(cublasHandle_t handle, cudaStream_t stream);
// The workspace is aligned to 256 bytes.
cublasStatus_t set_workspace(cublasHandle_t handle, void* workspace, std::size_t bytes);
cublasStatus_t set_math_mode(cublasHandle_t handle, cublasMath_t mode);

cublasStatus_t sgemm(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
                     int m, int n, int k, const float* alpha, const float* a, int lda,
                     const float* b, int ldb, const float* beta, float* c, int ldc);
cublasStatus_t sgemm_strided_batched(cublasHandle_t handle, cublasOperation_t transa,
                                     cublasOperation_t transb, int m, int n, int k,
                                     const float* alpha, const float* a, int lda,
                                     long long int stride_a, const float* b, int ldb,
                                     long long int stride_b, const float* beta, float* c, int ldc,
                                     long long int stride_c, int batch_count);
cublasStatus_t gemm_ex(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
                       int m, int n, int k, const void* alpha, const void* a, cudaDataType a_type,
                       int lda, const void* b, cudaDataType b_type, int ldb, const void* beta,
                       void* c, cudaDataType c_type, int ldc, cublasComputeType_t compute_type,
                       cublasGemmAlgo_t algorithm);
cublasStatus_t gemm_strided_batched_ex(
    cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void* alpha, const void* a, cudaDataType a_type, int lda, long long int stride_a,
    const void* b, cudaDataType b_type, int ldb, long long int stride_b, const void* beta, void* c,
    cudaDataType c_type, int ldc, long long int stride_c, int batch_count,
    cublasComputeType_t compute_type, cublasGemmAlgo_t algorithm);

}  // namespace cuda_sim::cublas
