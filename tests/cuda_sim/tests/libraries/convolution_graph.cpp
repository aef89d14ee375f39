#include "tests/cuda_sim/tests/libraries/convolution_graph.h"

#include <algorithm>
#include <array>

#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

const corticast::cuda::CudnnLibrary& cudnn() {
  return corticast::cuda::cudnn_library();
}

std::int64_t read_number(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name) {
  std::int64_t count = 0;
  std::int64_t value = 0;
  check(cudnn().get_attribute(descriptor, name, CUDNN_TYPE_INT64, 1, &count, &value));
  return value;
}

bool uses_tensor_cores(cudnnBackendDescriptor_t engine) {
  std::array<cudnnBackendNumericalNote_t, CUDNN_NUMERICAL_NOTE_TYPE_COUNT> notes{};
  std::int64_t count = 0;
  check(cudnn().get_attribute(engine, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
                              static_cast<std::int64_t>(notes.size()), &count, notes.data()));
  return std::count(notes.begin(), notes.begin() + count, CUDNN_NUMERICAL_NOTE_TENSOR_CORE) > 0;
}

}  // namespace

void check(cudnnStatus_t status) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  std::array<char, 1024> text{};
  cudnn().get_last_error_string(text.data(), text.size());
  FAIL(cudnn().get_error_string(status) << ": " << text.data());
}

CudnnHandle::CudnnHandle() {
  check(cudnn().create(&handle_));
}
CudnnHandle::~CudnnHandle() {
  cudnn().destroy(handle_);
}

CudnnDescriptor::CudnnDescriptor(cudnnBackendDescriptorType_t type) {
  void* descriptor = nullptr;
  check(cudnn().create_descriptor(type, &descriptor));
  descriptor_.reset(descriptor);
}

void CudnnDescriptor::Destroy::operator()(void* descriptor) const {
  cudnn().destroy_descriptor(descriptor);
}

CudnnDescriptor& CudnnDescriptor::set(cudnnBackendAttributeName_t name,
                                      const CudnnDescriptor& value) {
  return set<cudnnBackendDescriptor_t>(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, {value.get()});
}

CudnnDescriptor& CudnnDescriptor::set(cudnnBackendAttributeName_t name, cudnnHandle_t handle) {
  return set<cudnnHandle_t>(name, CUDNN_TYPE_HANDLE, {handle});
}

cudnnStatus_t CudnnDescriptor::try_finalize() {
  return cudnn().finalize(get());
}

CudnnDescriptor& ConvolutionGraph::add(cudnnBackendDescriptorType_t type) {
  all_.emplace_back(type);
  return all_.back();
}

CudnnDescriptor& ConvolutionGraph::tensor(std::int64_t uid, std::vector<std::int64_t> dims,
                                          const ConvolutionShape& shape, bool is_virtual) {
  const std::int64_t image = dims[1] * dims[2] * dims[3];
  const std::vector<std::int64_t> strides =
      shape.layout == Layout::kNchw
          ? std::vector<std::int64_t>{image, dims[2] * dims[3], dims[3], 1}
          : std::vector<std::int64_t>{image, 1, dims[3] * dims[1], dims[1]};
  const bool virtual_tensor = is_virtual;
  CudnnDescriptor& tensor = add(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  tensor.set<std::int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, {uid})
      .set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, dims)
      .set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, strides)
      .set<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, {16})
      .set<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE,
                            {is_virtual ? CUDNN_DATA_FLOAT : shape.type});
  check(cudnn().set_attribute(tensor.get(), CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, 1,
                              &virtual_tensor));
  tensor.finalize();
  return tensor;
}

CudnnDescriptor& ConvolutionGraph::pointwise(cudnnPointwiseMode_t mode) {
  CudnnDescriptor& pointwise = add(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  pointwise.set<cudnnPointwiseMode_t>(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, {mode})
      .set<cudnnDataType_t>(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE,
                            {CUDNN_DATA_FLOAT});
  pointwise.finalize();
  return pointwise;
}

ConvolutionGraph::ConvolutionGraph(cudnnHandle_t handle, const ConvolutionShape& shape)
    : ConvolutionGraph() {
  const std::vector<std::int64_t> out = {shape.n, shape.out, shape.out_side(), shape.out_side()};
  const auto& x = tensor(1, {shape.n, shape.in, shape.side, shape.side}, shape, false);
  const auto& w = tensor(2, {shape.out, shape.in, shape.kernel, shape.kernel}, shape, false);
  const auto& bias = tensor(3, {1, shape.out, 1, 1}, shape, false);
  const auto& y = tensor(4, out, shape, false);
  const auto& sum = tensor(5, out, shape, true);
  const auto& biased = tensor(6, out, shape, true);

  const auto& mode = convolution(shape);
  CudnnDescriptor& forward = add(CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR);
  forward.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x)
      .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, w)
      .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, sum)
      .set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, mode)
      .set<float>(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, CUDNN_TYPE_FLOAT, {1.0F})
      .set<float>(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, CUDNN_TYPE_FLOAT, {0.0F});
  forward.finalize();
  const auto& add_mode = pointwise(CUDNN_POINTWISE_ADD);
  CudnnDescriptor& add_bias = add(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  add_bias.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, add_mode)
      .set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, sum)
      .set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, bias)
      .set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, biased);
  add_bias.finalize();
  const auto& relu_mode = pointwise(CUDNN_POINTWISE_RELU_FWD);
  CudnnDescriptor& relu = add(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  relu.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, relu_mode)
      .set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, biased)
      .set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y);
  relu.finalize();
  finish(handle, {forward.get(), add_bias.get(), relu.get()});
}

ConvolutionGraph ConvolutionGraph::of_gradient(cudnnHandle_t handle,
                                               const ConvolutionShape& shape) {
  ConvolutionGraph result;
  const auto& dx = result.tensor(1, {shape.n, shape.in, shape.side, shape.side}, shape, false);
  const auto& w = result.tensor(2, {shape.out, shape.in, shape.kernel, shape.kernel}, shape, false);
  const auto& dy =
      result.tensor(4, {shape.n, shape.out, shape.out_side(), shape.out_side()}, shape, false);
  const auto& mode = result.convolution(shape);
  CudnnDescriptor& gradient =
      result.add(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR);
  gradient.set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, dx)
      .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, w)
      .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, dy)
      .set(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, mode)
      .set<float>(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, CUDNN_TYPE_FLOAT, {1.0F})
      .set<float>(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, CUDNN_TYPE_FLOAT, {0.0F});
  gradient.finalize();
  result.finish(handle, {gradient.get()});
  return result;
}

CudnnDescriptor& ConvolutionGraph::convolution(const ConvolutionShape& shape) {
  using Pair = std::vector<std::int64_t>;
  const Pair padding(2, shape.padding);
  CudnnDescriptor& convolution = add(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  convolution.set<std::int64_t>(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, {2})
      .set<cudnnDataType_t>(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE,
                            {CUDNN_DATA_FLOAT})
      .set<cudnnConvolutionMode_t>(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE,
                                   {CUDNN_CROSS_CORRELATION})
      .set(CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, Pair(2, shape.dilation))
      .set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, Pair(2, shape.stride))
      .set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, padding)
      .set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, padding);
  convolution.finalize();
  return convolution;
}

void ConvolutionGraph::finish(cudnnHandle_t handle,
                              const std::vector<cudnnBackendDescriptor_t>& operations) {
  CudnnDescriptor& graph = add(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR, operations);
  if (handle != nullptr) graph.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, handle);
  graph.finalize();
}

std::vector<CudnnDescriptor> ConvolutionGraph::configs(cudnnBackendHeurMode_t mode) const {
  CudnnDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph())
      .set<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, {mode});
  heuristics.finalize();
  std::int64_t count = 0;
  check(cudnn().get_attribute(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                              CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, nullptr));
  std::vector<CudnnDescriptor> configs;
  std::vector<cudnnBackendDescriptor_t> places;
  for (std::int64_t i = 0; i < count; ++i) {
    configs.emplace_back(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
    places.push_back(configs.back().get());
  }
  check(cudnn().get_attribute(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                              CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &count, places.data()));
  configs.erase(configs.begin() + count, configs.end());
  return configs;
}

std::vector<ExecutionPlan> ConvolutionGraph::plans(cudnnHandle_t handle, std::size_t most,
                                                   std::optional<bool> tensor_cores) const {
  std::vector<ExecutionPlan> plans;
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    if (!plans.empty()) break;
    for (const CudnnDescriptor& config : configs(mode)) {
      if (plans.size() == most) break;
      const CudnnDescriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
      cudnnBackendDescriptor_t place = engine.get();
      std::int64_t one = 0;
      check(cudnn().get_attribute(config.get(), CUDNN_ATTR_ENGINECFG_ENGINE,
                                  CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &one, &place));
      const bool uses = uses_tensor_cores(engine.get());
      if (tensor_cores.has_value() && *tensor_cores != uses) continue;
      CudnnDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, handle)
          .set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config);
      if (plan.try_finalize() != CUDNN_STATUS_SUCCESS) continue;
      const std::int64_t workspace =
          read_number(plan.get(), CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
      plans.push_back({std::move(plan), read_number(engine.get(), CUDNN_ATTR_ENGINE_GLOBAL_INDEX),
                       workspace, uses});
    }
  }
  return plans;
}

cudnnStatus_t execute(cudnnHandle_t handle, const ExecutionPlan& plan,
                      const std::vector<Binding>& bindings, void* workspace) {
  std::vector<std::int64_t> uids;
  std::vector<void*> pointers;
  for (const Binding& binding : bindings) {
    uids.push_back(binding.uid);
    pointers.push_back(binding.pointer);
  }
  CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, uids)
      .set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, pointers)
      .set<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, {workspace});
  pack.finalize();
  return cudnn().execute(handle, plan.plan.get(), pack.get());
}

}  // namespace cuda_sim::test
