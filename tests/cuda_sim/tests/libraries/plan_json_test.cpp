// Reading plans: what is known arrives, what is not is named.
#include <nlohmann/json.hpp>
#include <string>

#include "tests/cuda_sim/libraries/graph.h"
#include "tests/support/catch.h"

namespace cuda_sim::cudnn {
namespace {

using Json = nlohmann::json;

Json tensor(const std::string& name, const std::vector<int>& dims) {
  return {{"name", name},
          {"dataType", "CUDNN_DATA_HALF"},
          {"dim", dims},
          {"stride", {dims[1] * dims[2] * dims[3], 1, dims[3] * dims[1], dims[1]}},
          {"isVirtual", false},
          {"isByValue", false},
          {"vectCount", 1},
          {"vectDim", -1},
          {"ptrAlignment", 16},
          {"reordering", "CUDNN_TENSOR_REORDERING_NONE"}};
}

// A convolution and a ReLU, as cuDNN 9.19 writes them.
Json plan() {
  return {{"cudnnVersion", 91900},
          {"operationGraph",
           {{"tensors",
             {tensor("1", {1, 8, 12, 10}), tensor("2", {16, 8, 3, 3}), tensor("3", {1, 16, 6, 5}),
              tensor("4", {1, 16, 6, 5})}},
            {"nodes",
             {{{"operation", "CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR"},
               {"mode", "CUDNN_CROSS_CORRELATION"},
               {"mathPrec", "CUDNN_DATA_FLOAT"},
               {"alpha", 2.0},
               {"beta", 0.5},
               {"pad_lower", {1, 1}},
               {"pad_upper", {0, 0}},
               {"stride", {2, 2}},
               {"dilation", {1, 1}},
               {"X", "1"},
               {"W", "2"},
               {"Y", "3"}},
              {{"operation", "CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR"},
               {"pointwiseMode", "CUDNN_POINTWISE_RELU_FWD"},
               {"mathPrec", "CUDNN_DATA_FLOAT"},
               {"lowerClip", 0.25},
               {"upperClip", 6.0},
               {"lowerClipSlope", 0.125},
               {"alpha1", 1.0},
               {"alpha2", 1.0},
               {"X", "3"},
               {"Y", "4"}}}}}},
          {"engine", {{"engineId", 44}}}};
}

Json& convolution(Json& json) {
  return json["operationGraph"]["nodes"][0];
}

}  // namespace

TEST_CASE("a plan arrives whole") {
  const Graph graph = parse_plan(plan().dump());
  REQUIRE(graph.tensors.size() == 4);
  CHECK(graph.engine == 44);
  CHECK(graph.tensors[0].uid == 1);
  CHECK(graph.tensors[0].type == DataType::kHalf);
  CHECK(graph.tensors[0].alignment == 16);
  CHECK(graph.tensors[0].extent() == 8 * 12 * 10);
  CHECK(graph.tensors[0].describe() == "tensor 1 (half, 1x8x12x10)");
  REQUIRE(graph.nodes.size() == 2);
  const auto& conv = std::get<Convolution>(graph.nodes[0]);
  CHECK(conv.x == 0);
  CHECK(conv.w == 1);
  CHECK(conv.y == 2);
  CHECK(conv.alpha == 2.0);
  CHECK(conv.beta == 0.5);
  CHECK(conv.padding_before == Pair{1, 1});
  CHECK(conv.padding_after == Pair{0, 0});
  CHECK(conv.stride == Pair{2, 2});
  const auto& relu = std::get<Pointwise>(graph.nodes[1]);
  CHECK(relu.mode == PointwiseMode::kRelu);
  CHECK(relu.lower_clip == 0.25);
  CHECK(relu.upper_clip == 6.0);
  CHECK(relu.lower_slope == 0.125);
}

TEST_CASE("what is not simulated is named") {
  Json json = plan();
  std::string name;
  SECTION("operation") {
    convolution(json)["operation"] = name = "CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR";
  }
  SECTION("pointwise mode") {
    json["operationGraph"]["nodes"][1]["pointwiseMode"] = name = "CUDNN_POINTWISE_TANH_FWD";
  }
  SECTION("attribute") {
    convolution(json)[name = "newThing"] = 1;
  }
  SECTION("tensor attribute") {
    json["operationGraph"]["tensors"][0][name = "raggedOffset"] = "7";
  }
  SECTION("compute type") {
    convolution(json)["mathPrec"] = name = "CUDNN_DATA_HALF";
  }
  SECTION("convolution mode") {
    convolution(json)["mode"] = name = "CUDNN_CONVOLUTION";
  }
  SECTION("data type") {
    json["operationGraph"]["tensors"][1]["dataType"] = name = "CUDNN_DATA_FP8_E4M3";
  }
  SECTION("value in place of a pointer") {
    json["operationGraph"]["tensors"][1][name = "isByValue"] = true;
  }
  SECTION("groups") {
    json["operationGraph"]["tensors"][1] = tensor("2", {16, 4, 3, 3});
    name = "grouped";
  }
  SECTION("shapes that do not fit") {
    json["operationGraph"]["tensors"][2] = tensor("3", {1, 16, 7, 5});
    name = "does not give tensor 3 (half, 1x16x7x5)";
  }
  SECTION("missing key") {
    convolution(json).erase("stride");
    name = "stride";
  }
  SECTION("tensor") {
    convolution(json)["X"] = name = "9";
  }
  CHECK_THROWS_WITH(parse_plan(json.dump()), corticast::test::contains(name));
}

}  // namespace cuda_sim::cudnn
