// 64 rows x 384 channels of float16 for compute capability 7.5: 64 KB of shared memory, no
// cp.async, matrix instructions of depth 8. The next piece of the image waits in registers while
// one is multiplied.
#include "kernels/cuda/readout_tensor_launch.cuh"

namespace corticast::kernels::cuda::tensor {
namespace {

using Turing = Variant<Fp16Shallow, kTuring, RegisterCopies>;

__global__ void __launch_bounds__(kTuring.threads(), 1) readout_turing_fp16(const Problem problem) {
#ifdef __CUDA_ARCH__
  run<Turing, runs_turing(__CUDA_ARCH__)>(problem);
#endif
}

}  // namespace

cudaError_t launch_turing(const Call& call) {
  return launch(readout_turing_fp16, kTuring, call);
}

}  // namespace corticast::kernels::cuda::tensor
