// What the real cuDNN, given a simulated device, offers for the convolutions of CNN8.
#include <cuda_runtime_api.h>

#include <array>
#include <string>

#include "engine/model/cnn8.h"
#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/libraries/convolution_graph.h"
#include "tests/cuda_sim/tests/libraries/device_data.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

namespace cnn8 = corticast::cnn8;

// The eight convolutions with `channels` channels between them (CNN8: 384) for square images.
std::vector<ConvolutionShape> layers(std::int64_t n, std::int64_t channels, int side) {
  std::vector<ConvolutionShape> shapes;
  std::int64_t in = cnn8::kInputChannels;
  for (const cnn8::Block& block : cnn8::kBlocks) {
    ConvolutionShape shape;
    shape.n = n;
    shape.in = in;
    shape.out = channels;
    shape.side = side;
    shape.kernel = block.kernel;
    shape.padding = block.padding;
    shapes.push_back(shape);
    in = channels;
    side = cnn8::pool_side(cnn8::conv_side(side, block), block.pool);
  }
  return shapes;
}

void require_plans(cudnnHandle_t handle, ConvolutionShape shape) {
  shape.layout = Layout::kNchw;
  shape.type = CUDNN_DATA_FLOAT;
  CHECK(ConvolutionGraph(handle, shape).plans(handle, 1, false).size() == 1);
  shape.layout = Layout::kNhwc;
  shape.type = CUDNN_DATA_HALF;
  CHECK(ConvolutionGraph(handle, shape).plans(handle, 1).size() == 1);
}

}  // namespace

TEST_CASE("every layer of CNN8 has a float and a half plan on every card") {
  for (const char* profile :
       {"t4", "a100-40", "a100", "rtx3090", "l4", "rtx4090", "h100", "h200", "b200", "rtx5090"}) {
    play(profile);
    const CudnnHandle handle;
    for (const std::int64_t n : {1, 8})
      for (const ConvolutionShape& shape : layers(n, 384, cnn8::kInputSide)) {
        INFO(profile << ", n " << n << ", side " << shape.side << ", kernel " << shape.kernel);
        require_plans(handle.get(), shape);
      }
    for (const ConvolutionShape& shape : layers(2, 16, 40)) {
      INFO(profile << ", reduced, side " << shape.side << ", kernel " << shape.kernel);
      require_plans(handle.get(), shape);
    }
    CHECK(report_lines().empty());
  }
}

TEST_CASE("plans are those of the card that is current when the handle is made") {
  // cuDNN has tensor-core engines for float tensors (tf32) from compute capability 8.0 on.
  ConvolutionShape shape;
  shape.in = shape.out = 64;
  shape.layout = Layout::kNhwc;
  for (const auto& [profile, has_tf32] : {std::pair("t4", false), std::pair("a100", true)}) {
    INFO(profile);
    play(profile);
    const CudnnHandle handle;
    const auto plans = ConvolutionGraph(handle.get(), shape).plans(handle.get(), 1, true);
    CHECK(plans.empty() != has_tf32);
  }
}

TEST_CASE("a plan lives on as JSON when it is given the handle again") {
  play("h100");
  const corticast::cuda::CudnnLibrary& cudnn = corticast::cuda::cudnn_library();
  const CudnnHandle handle;
  const ConvolutionGraph graph(handle.get(), {});
  const auto plans = graph.plans(handle.get(), 1);
  REQUIRE(plans.size() == 1);
  std::int64_t length = 0;
  check(cudnn.get_attribute(plans[0].plan.get(), CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION,
                            CUDNN_TYPE_CHAR, 0, &length, nullptr));
  std::vector<char> json(static_cast<std::size_t>(length));
  check(cudnn.get_attribute(plans[0].plan.get(), CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION,
                            CUDNN_TYPE_CHAR, length, &length, json.data()));
  while (!json.empty() && json.back() == '\0') json.pop_back();

  CudnnDescriptor again(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  again.set(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, json);
  SECTION("with a handle") {
    again.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, handle.get());
    again.finalize();
    std::int64_t count = 0;
    std::int64_t workspace = -1;
    check(cudnn.get_attribute(again.get(), CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
                              CUDNN_TYPE_INT64, 1, &count, &workspace));
    CHECK(workspace == plans[0].workspace);
    CHECK(report_lines().empty());
  }
  SECTION("without one") {
    CHECK(again.try_finalize() == CUDNN_STATUS_BAD_PARAM);
    REQUIRE(report_lines().size() == 1);
    CHECK_THAT(report_lines()[0], corticast::test::contains("CUDNN_ATTR_EXECUTION_PLAN_HANDLE"));
  }
}

TEST_CASE("heuristics need the handle in the operation graph") {
  play("a100");
  const ConvolutionGraph graph(nullptr, {});
  CudnnDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.graph())
      .set<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE,
                                   {CUDNN_HEUR_MODE_A});
  CHECK(heuristics.try_finalize() == CUDNN_STATUS_BAD_PARAM);
  std::array<char, 256> text{};
  corticast::cuda::cudnn_library().get_last_error_string(text.data(), text.size());
  CHECK_THAT(text.data(), corticast::test::contains("CUDNN_ATTR_OPERATIONGRAPH_HANDLE"));
  REQUIRE(report_lines().size() == 1);
  CHECK_THAT(report_lines()[0], corticast::test::contains("CUDNN_ATTR_OPERATIONGRAPH_HANDLE"));
}

TEST_CASE("there is no handle without a device") {
  runtime::Setup none;
  none.devices = 0;
  runtime::reset(none);
  cudnnHandle_t handle = nullptr;
  CHECK(corticast::cuda::cudnn_library().create(&handle) == CUDNN_STATUS_NOT_INITIALIZED);
}

}  // namespace cuda_sim::test
