#include "engine/backend/cuda/core_plan.h"

namespace corticast::cuda {

std::vector<ConvolutionProblem> core_problems(int channels, std::size_t images,
                                              const Numerics& numerics) {
  std::vector<ConvolutionProblem> problems;
  int in_channels = numerics.input_channels;
  int side = cnn8::kInputSide;
  for (const cnn8::Block& block : cnn8::kBlocks) {
    const kernels::Conv2dShape shape{in_channels,   channels, block.kernel,
                                     block.padding, side,     side};
    problems.push_back({shape, images, numerics});
    side = cnn8::pool_side(shape.out_height(), block.pool);
    in_channels = channels;
  }
  return problems;
}

std::vector<CoreStep> plan_core(const CudnnHandle& handle, int channels, std::size_t images,
                                const Numerics& numerics, std::span<const std::string> plans) {
  std::vector<CoreStep> steps;
  for (const ConvolutionProblem& problem : core_problems(channels, images, numerics)) {
    const std::size_t k = steps.size();
    const cnn8::Block& block = cnn8::kBlocks.at(k);
    const int pooled = cnn8::pool_side(problem.shape.out_height(), block.pool);
    steps.push_back({block, problem.shape, pooled,
                     plans.empty() ? Convolution(handle, problem.shape, images, numerics)
                                   : Convolution(problem, named_plan(handle, problem, plans[k]))});
  }
  return steps;
}

}  // namespace corticast::cuda
