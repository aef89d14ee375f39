#include "engine/backend/cuda/cudnn/library.h"
#include "engine/backend/cuda/shared_library.h"

namespace corticast::cuda {
namespace {

constexpr const char* kRemedy =
    "Install cuDNN 9 for this CUDA version, add its folder to LD_LIBRARY_PATH or set "
    "CORTICAST_CUDNN to the path of libcudnn.so.9, or use --device cpu.";

}  // namespace

std::vector<std::string> cudnn_candidates() {
  return library_candidates("CORTICAST_CUDNN", {"libcudnn.so.9"});
}

CudnnLibrary open_cudnn(const std::vector<std::string>& candidates) {
  const SharedLibrary library(candidates, "cuDNN", "cuDNN 9", kRemedy);
  CudnnLibrary table{};
  library.find("cudnnGetVersion", table.version);
  const std::size_t version = table.version();
  if (version / 10000 != 9) {
    throw Error(ErrorCode::kDevice,
                library.file() + " is cuDNN version number " + std::to_string(version) +
                    ", expected 9xxyy (cuDNN 9)",
                kRemedy);
  }
  library.find("cudnnGetErrorString", table.get_error_string);
  library.find("cudnnGetLastErrorString", table.get_last_error_string);
  library.find("cudnnCreate", table.create);
  library.find("cudnnDestroy", table.destroy);
  library.find("cudnnSetStream", table.set_stream);
  library.find("cudnnBackendCreateDescriptor", table.create_descriptor);
  library.find("cudnnBackendDestroyDescriptor", table.destroy_descriptor);
  library.find("cudnnBackendSetAttribute", table.set_attribute);
  library.find("cudnnBackendGetAttribute", table.get_attribute);
  library.find("cudnnBackendFinalize", table.finalize);
  library.find("cudnnBackendExecute", table.execute);
  return table;
}

}  // namespace corticast::cuda
