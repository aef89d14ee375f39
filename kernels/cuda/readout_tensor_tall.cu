// 128 rows x 192 channels of 16-bit elements in two passes, eight warps of 64 x 48: cards with 227
// KB of shared memory. 64 rows would read twice as much from L2, and at the rate of Hopper's tensor
// cores wait for it. Whole masks only: in stretches they would be read again for the second pass.
#include "kernels/cuda/readout_tensor_launch.cuh"

namespace corticast::kernels::cuda::tensor {
namespace {

using TallFp16 = Variant<Fp16, kTall, AsynchronousCopies>;
using TallBf16 = Variant<Bf16, kTall, AsynchronousCopies>;

__global__ void __launch_bounds__(kTall.threads(), 1) readout_tall_fp16(const Problem problem) {
#ifdef __CUDA_ARCH__
  run<TallFp16, runs_tall(__CUDA_ARCH__)>(problem);
#endif
}

__global__ void __launch_bounds__(kTall.threads(), 1) readout_tall_bf16(const Problem problem) {
#ifdef __CUDA_ARCH__
  run<TallBf16, runs_tall(__CUDA_ARCH__)>(problem);
#endif
}

}  // namespace

cudaError_t launch_tall(Element element, const Call& call) {
  return launch(element == Element::kFloat16 ? readout_tall_fp16 : readout_tall_bf16, kTall, call);
}

}  // namespace corticast::kernels::cuda::tensor
