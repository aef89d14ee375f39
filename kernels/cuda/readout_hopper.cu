// For compute capability 9.0 alone, whose instructions no other card has: compiled for sm_90a, and
// linked only where real cards are.
#include "kernels/cuda/readout_hopper.cuh"
#include "kernels/cuda/readout_tensor_launch.cuh"

namespace corticast::kernels::cuda::tensor {
namespace {

__global__ void __launch_bounds__(hopper::kThreads, 1) readout_hopper_fp16(const Problem problem) {
  hopper::read_out<hopper::Fp16>(problem);
}

__global__ void __launch_bounds__(hopper::kThreads, 1) readout_hopper_bf16(const Problem problem) {
  hopper::read_out<hopper::Bf16>(problem);
}

}  // namespace

cudaError_t launch_hopper(Element element, const Call& call) {
  static_assert(hopper::kRows == kTall.rows);
  const int padded = padded_positions(call.shape.positions);
  const auto shared = static_cast<std::size_t>(hopper::shared_bytes(padded));
  if (call.card.compute_capability != 90 || shared > call.card.shared_bytes_per_block) {
    return cudaErrorNoKernelImageForDevice;
  }
  const Schedule blocks =
      schedule(kTall, call.shape.rows, call.shape.images, call.card.multiprocessors);
  const Problem problem{call.shape.rows,
                        static_cast<int>(call.shape.images),
                        padded,
                        call.shape.channels,
                        Plan{},
                        blocks,
                        static_cast<const char*>(call.spatial),
                        static_cast<const char*>(call.features),
                        call.bias,
                        static_cast<const char*>(call.x),
                        call.y};
  const auto kernel = element == Element::kFloat16 ? readout_hopper_fp16 : readout_hopper_bf16;
  const cudaError_t error =
      cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                           cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared));
  if (error != cudaSuccess) return error;
  kernel<<<static_cast<unsigned>(blocks.blocks), hopper::kThreads, shared, call.stream>>>(problem);
  return cudaGetLastError();
}

}  // namespace corticast::kernels::cuda::tensor
