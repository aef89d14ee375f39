#include "engine/backend/cuda/cublas/library.h"
#include "engine/backend/cuda/shared_library.h"

namespace corticast::cuda {
namespace {

constexpr const char* kRemedy =
    "Install cuBLAS 12 or 13 for this CUDA version, add its folder to LD_LIBRARY_PATH or set "
    "CORTICAST_CUBLAS to the path of its libcublas.so, or use --readout fused, which needs none.";

}  // namespace

std::vector<std::string> cublas_candidates() {
  return library_candidates("CORTICAST_CUBLAS", {"libcublas.so.13", "libcublas.so.12"});
}

CublasLibrary open_cublas(const std::vector<std::string>& candidates) {
  const SharedLibrary library(candidates, "cuBLAS", "cuBLAS 12 or 13", kRemedy);
  CublasLibrary table{};
  library.find("cublasGetProperty", table.get_property);
  int major = 0;
  if (table.get_property(MAJOR_VERSION, &major) != CUBLAS_STATUS_SUCCESS || major < 12 ||
      major > 13) {
    throw Error(ErrorCode::kDevice,
                library.file() + " is cuBLAS " + std::to_string(major) + ", expected 12 or 13",
                kRemedy);
  }
  library.find("cublasGetStatusName", table.get_status_name);
  library.find("cublasCreate_v2", table.create);
  library.find("cublasDestroy_v2", table.destroy);
  library.find("cublasSetStream_v2", table.set_stream);
  library.find("cublasSetWorkspace_v2", table.set_workspace);
  library.find("cublasGemmStridedBatchedEx", table.gemm_strided_batched_ex);
  return table;
}

}  // namespace corticast::cuda
