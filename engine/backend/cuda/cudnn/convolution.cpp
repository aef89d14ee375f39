#include "engine/backend/cuda/cudnn/convolution.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/backend/cuda/cudnn/convolution_graph.h"

namespace corticast::cuda {
namespace {

ConvolutionPlan choose(const CudnnHandle& handle, const ConvolutionProblem& problem) {
  Search ignored;
  return choose_plan(handle, problem, ignored);
}

Descriptor pack_of(const void* x, const void* weight, const void* bias, void* y, void* workspace) {
  const std::array<std::int64_t, 4> ids = {ConvolutionGraph::kX, ConvolutionGraph::kWeight,
                                           ConvolutionGraph::kBias, ConvolutionGraph::kY};
  const std::array<const void*, 4> pointers = {x, weight, bias, y};
  Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64,
           std::span<const std::int64_t>(ids));
  pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR,
           std::span<const void* const>(pointers));
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, workspace);
  pack.finalize("binding a convolution's memory");
  return pack;
}

}  // namespace

Convolution::Convolution(const CudnnHandle& handle, const kernels::Conv2dShape& shape,
                         std::size_t images, const Numerics& numerics)
    : Convolution({shape, images, numerics}, choose(handle, {shape, images, numerics})) {}

Convolution::Convolution(const ConvolutionProblem& problem, ConvolutionPlan plan)
    : problem_(problem), plan_(std::move(plan)) {}

// A batch that is no multiple of the plan's images ends with a piece that reaches back over images
// already done: the same plan gives them the same values again.
void Convolution::bind(const void* x, const void* weight, const void* bias, void* y,
                       void* workspace) {
  const std::size_t in = problem_.in_bytes();
  const std::size_t out = problem_.out_bytes();
  packs_.clear();
  for (std::size_t done = 0; done < problem_.images; done += plan_.images) {
    const std::size_t first = std::min(done, problem_.images - plan_.images);
    packs_.push_back(pack_of(static_cast<const std::byte*>(x) + first * in, weight, bias,
                             static_cast<std::byte*>(y) + first * out, workspace));
  }
}

void Convolution::run(const CudnnHandle& handle) const {
  for (const Descriptor& pack : packs_) {
    check(cudnn_library().execute(handle.get(), plan_.plan.get(), pack.get()),
          "running a convolution");
  }
}

}  // namespace corticast::cuda
