#include "engine/backend/cuda/cudnn/convolution.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "engine/backend/cuda/cudnn/convolution_graph.h"

namespace corticast::cuda {
namespace {

bool keeps_float32(const Descriptor& configuration, Precision precision) {
  const auto refused = [precision](cudnnBackendNumericalNote_t note) {
    switch (note) {
      case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:
      case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:
      case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
      case CUDNN_NUMERICAL_NOTE_FFT:
      case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
        return true;
      case CUDNN_NUMERICAL_NOTE_WINOGRAD:
      case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4:
      case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6:
      case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13:
        return precision == Precision::kFp32Strict;
      default:
        return false;
    }
  };
  return std::ranges::none_of(configuration.engine().numerical_notes(), refused);
}

// What was found on the way to a plan, for the message when there is none.
struct Search {
  int candidates = 0;
  int allowed = 0;
  int built = 0;
  std::uint64_t least_workspace = ~std::uint64_t{0};
};

std::optional<ConvolutionPlan> first_plan(const CudnnHandle& handle, const ConvolutionGraph& graph,
                                          cudnnBackendHeurMode_t mode, Precision precision,
                                          Search& search) {
  Descriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.descriptor());
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
  if (!heuristics.try_finalize()) return std::nullopt;
  for (Descriptor& configuration : heuristics.results()) {
    ++search.candidates;
    if (!keeps_float32(configuration, precision)) continue;
    ++search.allowed;
    Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    plan.set(kPlanHandle, CUDNN_TYPE_HANDLE, handle.get());
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
    if (!plan.try_finalize()) continue;
    ++search.built;
    const auto workspace =
        static_cast<std::uint64_t>(plan.integer(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
    if (workspace <= kWorkspaceCap) {
      return ConvolutionPlan{std::move(configuration), std::move(plan), workspace};
    }
    search.least_workspace = std::min(search.least_workspace, workspace);
  }
  return std::nullopt;
}

ConvolutionPlan choose_plan(const CudnnHandle& handle, const kernels::Conv2dShape& shape,
                            std::size_t images, Precision precision) {
  const ConvolutionGraph graph(handle, shape, images);
  Search search;
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    if (auto plan = first_plan(handle, graph, mode, precision, search)) return std::move(*plan);
  }
  std::string message = "cuDNN has no " + to_string(precision) + " plan for the convolution " +
                        std::to_string(shape.in_channels) + " -> " +
                        std::to_string(shape.out_channels) + ", " + std::to_string(shape.kernel) +
                        "x" + std::to_string(shape.kernel) + ", " + std::to_string(shape.height) +
                        "x" + std::to_string(shape.width) + ", " + std::to_string(images) +
                        " images: of " + std::to_string(search.candidates) + " candidates " +
                        std::to_string(search.allowed) + " keep the precision, " +
                        std::to_string(search.built) + " can be built";
  if (search.built > 0) {
    message += ", the least workspace is " + std::to_string(search.least_workspace >> 20) +
               " MiB of " + std::to_string(kWorkspaceCap >> 20) + " MiB allowed";
  }
  throw Error(ErrorCode::kDevice, message,
              "Use a smaller --batch, another cuDNN 9, or --device cpu.");
}

}  // namespace

Convolution::Convolution(const CudnnHandle& handle, const kernels::Conv2dShape& shape,
                         std::size_t images, Precision precision)
    : plan_(choose_plan(handle, shape, images, precision)),
      pack_(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR) {}

void Convolution::bind(const float* x, const float* weight, const float* bias, float* y,
                       void* workspace) {
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
  pack_ = std::move(pack);
}

void Convolution::run(const CudnnHandle& handle) const {
  check(cudnn_library().execute(handle.get(), plan_.plan.get(), pack_.get()),
        "running a convolution");
}

}  // namespace corticast::cuda
