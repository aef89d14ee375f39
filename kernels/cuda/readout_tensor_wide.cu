// 64 rows x 384 channels of 16-bit elements, eight warps of 32 x 96: every card from compute
// capability 8.0 on that cannot take the tall tile.
#include "kernels/cuda/readout_tensor_launch.cuh"

namespace corticast::kernels::cuda::tensor {
namespace {

using WideFp16 = Variant<Fp16, kWide, AsynchronousCopies>;
using WideBf16 = Variant<Bf16, kWide, AsynchronousCopies>;

__global__ void __launch_bounds__(kWide.threads(), 1) readout_wide_fp16(const Problem problem) {
#ifdef __CUDA_ARCH__
  run<WideFp16, runs_wide(__CUDA_ARCH__)>(problem);
#endif
}

__global__ void __launch_bounds__(kWide.threads(), 1) readout_wide_bf16(const Problem problem) {
#ifdef __CUDA_ARCH__
  run<WideBf16, runs_wide(__CUDA_ARCH__)>(problem);
#endif
}

}  // namespace

cudaError_t launch_wide(Element element, const Call& call) {
  return launch(element == Element::kFloat16 ? readout_wide_fp16 : readout_wide_bf16, kWide, call);
}

}  // namespace corticast::kernels::cuda::tensor
