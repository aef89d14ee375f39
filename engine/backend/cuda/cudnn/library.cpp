#include "engine/backend/cuda/cudnn/library.h"

namespace corticast::cuda {

const CudnnLibrary& cudnn_library() {
  static const CudnnLibrary library = open_cudnn(cudnn_candidates());
  return library;
}

}  // namespace corticast::cuda
