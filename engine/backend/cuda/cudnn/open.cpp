#include <dlfcn.h>

#include <cstdlib>

#include "engine/backend/cuda/cudnn/library.h"
#include "engine/base/error.h"

namespace corticast::cuda {
namespace {

constexpr const char* kRemedy =
    "Install cuDNN 9 for this CUDA version, add its folder to LD_LIBRARY_PATH or set "
    "CORTICAST_CUDNN to the path of libcudnn.so.9, or use --device cpu.";

template <typename Function>
void find(void* library, const std::string& file, const char* name, Function& function) {
  void* const symbol = dlsym(library, name);
  if (symbol == nullptr) {
    throw Error(ErrorCode::kDevice, file + " has no function " + name + ", so it is not cuDNN 9",
                kRemedy);
  }
  function = reinterpret_cast<Function>(symbol);
}

CudnnLibrary fill(void* library, const std::string& file) {
  CudnnLibrary table{};
  find(library, file, "cudnnGetVersion", table.version);
  const std::size_t version = table.version();
  if (version / 10000 != 9) {
    throw Error(
        ErrorCode::kDevice,
        file + " is cuDNN version number " + std::to_string(version) + ", expected 9xxyy (cuDNN 9)",
        kRemedy);
  }
  find(library, file, "cudnnGetErrorString", table.get_error_string);
  find(library, file, "cudnnGetLastErrorString", table.get_last_error_string);
  find(library, file, "cudnnCreate", table.create);
  find(library, file, "cudnnDestroy", table.destroy);
  find(library, file, "cudnnSetStream", table.set_stream);
  find(library, file, "cudnnBackendCreateDescriptor", table.create_descriptor);
  find(library, file, "cudnnBackendDestroyDescriptor", table.destroy_descriptor);
  find(library, file, "cudnnBackendSetAttribute", table.set_attribute);
  find(library, file, "cudnnBackendGetAttribute", table.get_attribute);
  find(library, file, "cudnnBackendFinalize", table.finalize);
  find(library, file, "cudnnBackendExecute", table.execute);
  return table;
}

}  // namespace

std::vector<std::string> cudnn_candidates() {
  const char* const chosen = std::getenv("CORTICAST_CUDNN");
  if (chosen != nullptr && *chosen != '\0') return {chosen};
  return {"libcudnn.so.9"};
}

CudnnLibrary open_cudnn(const std::vector<std::string>& candidates) {
  std::string reasons;
  for (const std::string& file : candidates) {
    void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) return fill(library, file);
    const char* const reason = dlerror();
    reasons += (reasons.empty() ? "" : "; ") + std::string(reason == nullptr ? file : reason);
  }
  throw Error(ErrorCode::kDevice, "cuDNN could not be loaded (" + reasons + ")", kRemedy);
}

}  // namespace corticast::cuda
