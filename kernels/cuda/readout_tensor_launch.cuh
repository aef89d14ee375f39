// What the variants of the tensor-core readout share on the host: which of them a program has code
// of, and the launch.
#pragma once

#include "kernels/cuda/readout_tensor_pipeline.cuh"

namespace corticast::kernels::cuda::tensor {

// The arguments of readout_tensor() but the element.
struct Call {
  const ReadoutShape& shape;
  const Card& card;
  const void* spatial;
  const void* features;
  const float* bias;
  const void* x;
  float* y;
  cudaStream_t stream;
};

// The newest architecture that this program has code of and the card runs, like 900; 0: none.
inline int architecture_for(const Card& card) {
  constexpr int kCompiled[] = {__CUDA_ARCH_LIST__};
  int best = 0;
  for (const int architecture : kCompiled) {
    if (architecture <= 10 * card.compute_capability) best = std::max(best, architecture);
  }
  return best;
}

// Which architectures a kernel is compiled for.
__host__ __device__ constexpr bool runs_turing(int architecture) {
  return architecture < 800;
}
__host__ __device__ constexpr bool runs_wide(int architecture) {
  return architecture >= 800;
}
// 227 KB of shared memory: 9.0 up to 11.0; 12.x has 99 KB.
__host__ __device__ constexpr bool runs_tall(int architecture) {
  return architecture >= 900 && architecture < 1200;
}

template <class V, bool kRuns>
__device__ __forceinline__ void run(const Problem& problem) {
  if constexpr (kRuns) {
    read_out<V>(problem);
  } else {
    __trap();
  }
}

// The variants: each gives cudaErrorInvalidValue where the card's shared memory is too small.
cudaError_t launch_turing(const Call& call);
cudaError_t launch_wide(Element element, const Call& call);  // of 16 bits
cudaError_t launch_tall(Element element, const Call& call);  // of 16 bits
cudaError_t launch_wide_tf32(const Call& call);
// cudaErrorNoKernelImageForDevice where it is not for this card, or not in this program.
cudaError_t launch_hopper(Element element, const Call& call);

inline cudaError_t launch(void (*kernel)(Problem), const Tile& tile, const Call& call) {
  const std::optional<Plan> pieces =
      plan(tile, call.shape.positions, call.card.shared_bytes_per_block);
  if (!pieces) return cudaErrorInvalidValue;
  const Schedule blocks =
      schedule(tile, call.shape.rows, call.shape.images, call.card.multiprocessors);
  const Problem problem{call.shape.rows,
                        static_cast<int>(call.shape.images),
                        padded_positions(call.shape.positions),
                        call.shape.channels,
                        *pieces,
                        blocks,
                        static_cast<const char*>(call.spatial),
                        static_cast<const char*>(call.features),
                        call.bias,
                        static_cast<const char*>(call.x),
                        call.y};
  const cudaError_t error = cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                                                 cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                 static_cast<int>(pieces->shared_bytes));
  if (error != cudaSuccess) return error;
  kernel<<<static_cast<unsigned>(blocks.blocks), static_cast<unsigned>(tile.threads()),
           pieces->shared_bytes, call.stream>>>(problem);
  return cudaGetLastError();
}

}  // namespace corticast::kernels::cuda::tensor
