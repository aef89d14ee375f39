#include "engine/backend/cuda/cudnn/convolution_graph.h"

#include <span>

namespace corticast::cuda {
namespace {

using Integers = std::span<const std::int64_t>;
using kernels::cuda::Element;

cudnnDataType_t type_of(Element element) {
  switch (element) {
    case Element::kFloat16:
      return CUDNN_DATA_HALF;
    case Element::kBfloat16:
      return CUDNN_DATA_BFLOAT16;
    case Element::kFloat32:
      break;
  }
  return CUDNN_DATA_FLOAT;
}

}  // namespace

// Packed. Tensors beyond kY live inside the plan only and are float32.
const Descriptor& ConvolutionGraph::tensor(std::int64_t id, const Dims& dims,
                                           const Numerics& numerics) {
  const auto& [n, c, h, w] = dims;
  const Dims strides = numerics.layout == Layout::kPlanes ? Dims{c * h * w, h * w, w, 1}
                                                          : Dims{h * w * c, 1, w * c, c};
  Descriptor& tensor = part(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE,
             id > kY ? CUDNN_DATA_FLOAT : type_of(numerics.element));
  tensor.set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, Integers(dims));
  tensor.set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, Integers(strides));
  tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, id);
  tensor.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, kTensorAlignment);
  tensor.set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, id > kY);
  tensor.finalize("describing a tensor");
  return tensor;
}

const Descriptor& ConvolutionGraph::convolution(const kernels::Conv2dShape& shape,
                                                const Descriptor& x, const Descriptor& weight,
                                                const Descriptor& y) {
  const std::array<std::int64_t, 2> ones = {1, 1};
  const std::array<std::int64_t, 2> padding = {shape.padding, shape.padding};
  Descriptor& convolution = part(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  convolution.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
  convolution.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE,
                  CUDNN_CROSS_CORRELATION);
  convolution.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, std::int64_t{2});
  convolution.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, Integers(ones));
  convolution.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, Integers(ones));
  convolution.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, Integers(padding));
  convolution.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, Integers(padding));
  convolution.finalize("describing a convolution");

  Descriptor& operation = part(CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, convolution);
  operation.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x);
  operation.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, weight);
  operation.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, y);
  operation.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, CUDNN_TYPE_FLOAT, 1.0f);
  operation.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, CUDNN_TYPE_FLOAT, 0.0f);
  operation.finalize("describing a convolution's operation");
  return operation;
}

const Descriptor& ConvolutionGraph::pointwise(cudnnPointwiseMode_t mode, const Descriptor& x,
                                              const Descriptor* b, const Descriptor& y) {
  Descriptor& function = part(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  function.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode);
  function.set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
  function.finalize("describing a pointwise function");

  Descriptor& operation = part(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, function);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x);
  if (b != nullptr) operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *b);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y);
  operation.finalize("describing a pointwise operation");
  return operation;
}

ConvolutionGraph::ConvolutionGraph(const PlanTarget& target, const kernels::Conv2dShape& shape,
                                   std::size_t images, const Numerics& numerics) {
  const auto n = static_cast<std::int64_t>(images);
  const Dims out = {n, shape.out_channels, shape.out_height(), shape.out_width()};
  const Descriptor& x = tensor(kX, {n, shape.in_channels, shape.height, shape.width}, numerics);
  const Descriptor& weight = tensor(
      kWeight, {shape.out_channels, shape.in_channels, shape.kernel, shape.kernel}, numerics);
  const Descriptor& bias = tensor(kBias, {1, shape.out_channels, 1, 1}, numerics);
  const Descriptor& y = tensor(kY, out, numerics);
  const Descriptor& sum = tensor(kY + 1, out, numerics);
  const Descriptor& shifted = tensor(kY + 2, out, numerics);
  const std::array<cudnnBackendDescriptor_t, 3> operations = {
      convolution(shape, x, weight, sum).get(),
      pointwise(CUDNN_POINTWISE_ADD, sum, &bias, shifted).get(),
      pointwise(CUDNN_POINTWISE_RELU_FWD, shifted, nullptr, y).get()};
  Descriptor& graph = part(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  target.name_device_of_graph(graph);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR,
            std::span<const cudnnBackendDescriptor_t>(operations));
  graph.finalize("building a convolution's graph");
}

}  // namespace corticast::cuda
