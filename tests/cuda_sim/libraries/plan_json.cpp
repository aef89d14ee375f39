#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/cuda_sim/libraries/graph.h"

namespace cuda_sim::cudnn {
namespace {

using Json = nlohmann::json;

std::string text(const Json& object, const char* key) {
  return object.at(key).get<std::string>();
}

void require(const Json& object, const char* key, const Json& known, const std::string& where) {
  if (object.contains(key) && object.at(key) != known)
    throw NotSimulated(where + " has " + key + " " + object.at(key).dump() +
                       ", simulated is only " + known.dump());
}

// Whatever is not in the list could change what the operation computes.
void only_keys(const Json& object, std::initializer_list<const char*> known,
               const std::string& where) {
  for (const auto& [key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw NotSimulated(where + " has attribute " + key + ", which is not simulated");
}

DataType parse_type(const std::string& name, const std::string& where) {
  if (name == "CUDNN_DATA_FLOAT") return DataType::kFloat;
  if (name == "CUDNN_DATA_HALF") return DataType::kHalf;
  if (name == "CUDNN_DATA_BFLOAT16") return DataType::kBfloat16;
  throw NotSimulated(where + " has data type " + name + ", which is not simulated");
}

Tensor parse_tensor(const Json& json) {
  Tensor tensor;
  const std::string name = text(json, "name");
  const std::string where = "tensor " + name;
  only_keys(json,
            {"name", "dataType", "dim", "stride", "isVirtual", "isByValue", "vectCount", "vectDim",
             "ptrAlignment", "reordering"},
            where);
  require(json, "isByValue", false, where);
  require(json, "vectCount", 1, where);
  require(json, "reordering", "CUDNN_TENSOR_REORDERING_NONE", where);
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, tensor.uid);
  if (error != std::errc{} || stop != end) throw NotSimulated(where + " has no number for a name");
  tensor.type = parse_type(text(json, "dataType"), where);
  tensor.dims = json.at("dim").get<std::vector<std::int64_t>>();
  tensor.strides = json.at("stride").get<std::vector<std::int64_t>>();
  tensor.is_virtual = json.at("isVirtual").get<bool>();
  tensor.alignment = json.at("ptrAlignment").get<std::int64_t>();
  if (tensor.dims.size() != 4 || tensor.strides.size() != 4)
    throw NotSimulated(where + " has " + std::to_string(tensor.dims.size()) +
                       " dims, simulated are only 4");
  for (std::size_t i = 0; i < 4; ++i)
    if (tensor.dims[i] < 1 || tensor.strides[i] < 0)
      throw NotSimulated(where + " has a dim below 1 or a stride below 0");
  return tensor;
}

Pair pair(const Json& json, const char* key, const std::string& where) {
  const auto values = json.at(key).get<std::vector<std::int64_t>>();
  if (values.size() != 2)
    throw NotSimulated(where + " has " + std::to_string(values.size()) +
                       " spatial dims, simulated are only 2");
  return {values[0], values[1]};
}

class Parser {
 public:
  Graph parse(const Json& plan) {
    const Json& operations = plan.at("operationGraph");
    for (const Json& json : operations.at("tensors")) {
      const std::string name = text(json, "name");
      if (!index_.emplace(name, graph_.tensors.size()).second)
        throw NotSimulated("two tensors are called " + name);
      graph_.tensors.push_back(parse_tensor(json));
    }
    for (const Json& json : operations.at("nodes")) graph_.nodes.push_back(node(json));
    graph_.engine = plan.at("engine").at("engineId").get<std::int64_t>();
    return std::move(graph_);
  }

 private:
  std::size_t tensor(const Json& json, const char* key) const {
    const std::string name = text(json, key);
    const auto found = index_.find(name);
    if (found == index_.end())
      throw NotSimulated("an operation names tensor " + name + ", not in the plan");
    return found->second;
  }

  Node node(const Json& json) const {
    const std::string operation = text(json, "operation");
    if (operation == "CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR")
      return convolution(json);
    if (operation == "CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR") return pointwise(json);
    throw NotSimulated("operation " + operation + " is not simulated");
  }

  Convolution convolution(const Json& json) const {
    const std::string where = "the convolution";
    only_keys(json,
              {"operation", "mode", "mathPrec", "alpha", "beta", "pad", "pad_lower", "pad_upper",
               "stride", "dilation", "X", "W", "Y"},
              where);
    require(json, "mode", "CUDNN_CROSS_CORRELATION", where);
    require(json, "mathPrec", "CUDNN_DATA_FLOAT", where);
    Convolution result;
    result.x = tensor(json, "X");
    result.w = tensor(json, "W");
    result.y = tensor(json, "Y");
    // One "pad" where both sides agree; lower is the side before the first element.
    const bool symmetric = json.contains("pad");
    result.padding_before = pair(json, symmetric ? "pad" : "pad_lower", where);
    result.padding_after = pair(json, symmetric ? "pad" : "pad_upper", where);
    result.stride = pair(json, "stride", where);
    result.dilation = pair(json, "dilation", where);
    result.alpha = json.at("alpha").get<double>();
    result.beta = json.at("beta").get<double>();
    check_shapes(result);
    return result;
  }

  void check_shapes(const Convolution& convolution) const {
    const Tensor& x = graph_.tensors[convolution.x];
    const Tensor& w = graph_.tensors[convolution.w];
    const Tensor& y = graph_.tensors[convolution.y];
    if (x.dims[1] != w.dims[1])
      throw NotSimulated("a grouped convolution (" + x.describe() + " with filters " +
                         w.describe() + ") is not simulated");
    std::vector<std::int64_t> expected = {x.dims[0], w.dims[0], 0, 0};
    for (std::size_t i = 0; i < 2; ++i) {
      const std::int64_t window = (w.dims[i + 2] - 1) * convolution.dilation[i] + 1;
      expected[i + 2] =
          (x.dims[i + 2] + convolution.padding_before[i] + convolution.padding_after[i] - window) /
              convolution.stride[i] +
          1;
    }
    if (y.dims != expected)
      throw NotSimulated("the convolution of " + x.describe() + " with " + w.describe() +
                         " does not give " + y.describe());
  }

  Pointwise pointwise(const Json& json) const {
    static const std::map<std::string, PointwiseMode> kModes = {
        {"CUDNN_POINTWISE_ADD", PointwiseMode::kAdd},
        {"CUDNN_POINTWISE_MUL", PointwiseMode::kMul},
        {"CUDNN_POINTWISE_RELU_FWD", PointwiseMode::kRelu},
        {"CUDNN_POINTWISE_IDENTITY", PointwiseMode::kIdentity}};
    const std::string name = text(json, "pointwiseMode");
    const auto mode = kModes.find(name);
    if (mode == kModes.end())
      throw NotSimulated("pointwise operation " + name + " is not simulated");
    only_keys(json,
              {"operation", "pointwiseMode", "mathPrec", "alpha1", "alpha2", "upperClip",
               "lowerClip", "lowerClipSlope", "X", "B", "Y"},
              name);
    require(json, "mathPrec", "CUDNN_DATA_FLOAT", name);
    Pointwise result;
    result.mode = mode->second;
    result.x = tensor(json, "X");
    result.y = tensor(json, "Y");
    if (result.has_b()) result.b = tensor(json, "B");
    result.alpha1 = json.value("alpha1", 1.0);
    result.alpha2 = json.value("alpha2", 1.0);
    if (result.mode == PointwiseMode::kRelu) {
      result.lower_clip = json.at("lowerClip").get<double>();
      result.upper_clip = json.at("upperClip").get<double>();
      result.lower_slope = json.at("lowerClipSlope").get<double>();
    }
    check_shapes(result, name);
    return result;
  }

  void check_shapes(const Pointwise& pointwise, const std::string& name) const {
    const Tensor& y = graph_.tensors[pointwise.y];
    const Tensor& x = graph_.tensors[pointwise.x];
    if (x.dims != y.dims)
      throw NotSimulated(name + " from " + x.describe() + " to " + y.describe() +
                         " is not simulated");
    if (!pointwise.has_b()) return;
    const Tensor& b = graph_.tensors[pointwise.b];
    for (std::size_t i = 0; i < 4; ++i)
      if (b.dims[i] != 1 && b.dims[i] != y.dims[i])
        throw NotSimulated(name + " of " + y.describe() + " with " + b.describe() +
                           " is not simulated");
  }

  Graph graph_;
  std::map<std::string, std::size_t> index_;
};

}  // namespace

Graph parse_plan(const std::string& json) {
  try {
    return Parser().parse(Json::parse(json));
  } catch (const Json::exception& error) {
    throw NotSimulated(std::string("the plan's JSON is not as expected: ") + error.what());
  }
}

}  // namespace cuda_sim::cudnn
