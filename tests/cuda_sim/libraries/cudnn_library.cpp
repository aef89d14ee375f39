// The simulated device's definition of corticast::cuda::cudnn_library(), linked in place of the
// shipped one. Descriptors, heuristics, engine configurations and plans are those of the real
// cuDNN, which needs no device when it is given a device's properties; handles, streams and
// execution are simulated.
//
// Out of reach: engines that cuDNN compiles at run time. They ask the CUDA driver, and without one
// cuDNN offers no configuration of them. Those are bias of another type than the tensors, fp8 and
// int8, pooling, matmul, reduction and pointwise graphs; so no execution of them is simulated.
#include "engine/backend/cuda/cudnn/library.h"

#include "tests/cuda_sim/libraries/cudnn_calls.h"
#include "tests/cuda_sim/libraries/cudnn_state.h"

namespace corticast::cuda {

const CudnnLibrary& cudnn_library() {
  cuda_sim::cudnn::state();  // throws, here and not inside a call, where cuDNN is not installed
  static const CudnnLibrary library = {cuda_sim::cudnn::version,
                                       cuda_sim::cudnn::get_error_string,
                                       cuda_sim::cudnn::get_last_error_string,
                                       cuda_sim::cudnn::create,
                                       cuda_sim::cudnn::destroy,
                                       cuda_sim::cudnn::set_stream,
                                       cuda_sim::cudnn::create_descriptor,
                                       cuda_sim::cudnn::destroy_descriptor,
                                       cuda_sim::cudnn::set_attribute,
                                       cuda_sim::cudnn::get_attribute,
                                       cuda_sim::cudnn::finalize,
                                       cuda_sim::cudnn::execute};
  return library;
}

}  // namespace corticast::cuda
