#include "engine/backend/cuda/cublas/handle.h"

namespace corticast::cuda {

std::string cublas_version() {
  const CublasLibrary& library = cublas_library();
  std::string text;
  for (const libraryPropertyType part : {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL}) {
    int value = 0;
    check(library.get_property(part, &value), "asking for its version");
    text += (text.empty() ? "" : ".") + std::to_string(value);
  }
  return text;
}

}  // namespace corticast::cuda
