#include "engine/backend/cuda/cublas/library.h"

namespace corticast::cuda {

const CublasLibrary& cublas_library() {
  static const CublasLibrary library = open_cublas(cublas_candidates());
  return library;
}

}  // namespace corticast::cuda
