#include "engine/backend/cuda/core_plan.h"

namespace corticast::cuda {

std::vector<CoreStep> plan_core(const CudnnHandle& handle, int channels, std::size_t images,
                                const Numerics& numerics) {
  std::vector<CoreStep> steps;
  int in_channels = numerics.input_channels;
  int side = cnn8::kInputSide;
  for (const cnn8::Block& block : cnn8::kBlocks) {
    const kernels::Conv2dShape shape{in_channels,   channels, block.kernel,
                                     block.padding, side,     side};
    side = cnn8::pool_side(shape.out_height(), block.pool);
    steps.push_back({block, shape, side, Convolution(handle, shape, images, numerics)});
    in_channels = channels;
  }
  return steps;
}

}  // namespace corticast::cuda
