#include <dlfcn.h>

#include <cstdlib>

#include "engine/backend/cuda/cublas/library.h"
#include "engine/base/error.h"

namespace corticast::cuda {
namespace {

constexpr const char* kRemedy =
    "Install cuBLAS 12 or 13 for this CUDA version, add its folder to LD_LIBRARY_PATH or set "
    "CORTICAST_CUBLAS to the path of its libcublas.so, or use --readout fused, which needs none.";

template <typename Function>
void find(void* library, const std::string& file, const char* name, Function& function) {
  void* const symbol = dlsym(library, name);
  if (symbol == nullptr) {
    throw Error(ErrorCode::kDevice,
                file + " has no function " + name + ", so it is not cuBLAS 12 or 13", kRemedy);
  }
  function = reinterpret_cast<Function>(symbol);
}

CublasLibrary fill(void* library, const std::string& file) {
  CublasLibrary table{};
  find(library, file, "cublasGetProperty", table.get_property);
  int major = 0;
  if (table.get_property(MAJOR_VERSION, &major) != CUBLAS_STATUS_SUCCESS || major < 12 ||
      major > 13) {
    throw Error(ErrorCode::kDevice,
                file + " is cuBLAS " + std::to_string(major) + ", expected 12 or 13", kRemedy);
  }
  find(library, file, "cublasGetStatusName", table.get_status_name);
  find(library, file, "cublasCreate_v2", table.create);
  find(library, file, "cublasDestroy_v2", table.destroy);
  find(library, file, "cublasSetStream_v2", table.set_stream);
  find(library, file, "cublasSetWorkspace_v2", table.set_workspace);
  find(library, file, "cublasGemmStridedBatchedEx", table.gemm_strided_batched_ex);
  return table;
}

}  // namespace

std::vector<std::string> cublas_candidates() {
  const char* const chosen = std::getenv("CORTICAST_CUBLAS");
  if (chosen != nullptr && *chosen != '\0') return {chosen};
  return {"libcublas.so.13", "libcublas.so.12"};
}

CublasLibrary open_cublas(const std::vector<std::string>& candidates) {
  std::string reasons;
  for (const std::string& file : candidates) {
    void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) return fill(library, file);
    const char* const reason = dlerror();
    reasons += (reasons.empty() ? "" : "; ") + std::string(reason == nullptr ? file : reason);
  }
  throw Error(ErrorCode::kDevice, "cuBLAS could not be loaded (" + reasons + ")", kRemedy);
}

}  // namespace corticast::cuda
