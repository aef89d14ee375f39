// 64 rows x 384 channels of float32, multiplied as TF32, eight warps of 32 x 96: from compute
// capability 8.0 on. Features stay float32; with the sums they fill 192 of a lane's 255 registers.
#include "kernels/cuda/readout_tensor_launch.cuh"

namespace corticast::kernels::cuda::tensor {
namespace {

using WideTf32 = Variant<Tf32, kWideFloat, AsynchronousCopies>;

__global__ void __launch_bounds__(kWideFloat.threads(), 1)
    readout_wide_tf32(const Problem problem) {
#ifdef __CUDA_ARCH__
  run<WideTf32, runs_wide(__CUDA_ARCH__)>(problem);
#endif
}

}  // namespace

cudaError_t launch_wide_tf32(const Call& call) {
  return launch(readout_wide_tf32, kWideFloat, call);
}

}  // namespace corticast::kernels::cuda::tensor
