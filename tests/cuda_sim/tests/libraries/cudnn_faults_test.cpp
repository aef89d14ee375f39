// Mistakes around an execution: each gives exactly one report that names it.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <optional>

#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/libraries/convolution_graph.h"
#include "tests/cuda_sim/tests/libraries/device_data.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

using corticast::test::contains;

// Everything for one correct execution of a small float convolution, to be spoilt by a test.
struct Setting {
  explicit Setting(bool needs_workspace = false) {
    play("h100", 2);
    handle.emplace();
    if (needs_workspace) {
      shape.in = shape.out = 64;
      shape.layout = Layout::kNhwc;
    }
    graph.emplace(handle->get(), shape);
    for (ExecutionPlan& candidate : graph->plans(handle->get(), 50))
      if ((candidate.workspace > 0) == needs_workspace) plan.emplace(std::move(candidate));
    REQUIRE(plan.has_value());
    x.emplace(short_numbers(shape.x_size(), 1), DataType::kFloat);
    w.emplace(short_numbers(shape.w_size(), 2), DataType::kFloat);
    bias.emplace(short_numbers(static_cast<std::size_t>(shape.out), 3), DataType::kFloat);
    y.emplace(shape.y_size() * 4);
    workspace.emplace(static_cast<std::size_t>(std::max<std::int64_t>(1, plan->workspace)));
  }
  std::vector<Binding> bindings() const {
    return {{1, x->get()}, {2, w->get()}, {3, bias->get()}, {4, y->get()}};
  }
  cudnnStatus_t run(const std::vector<Binding>& bound, void* space) const {
    const cudnnStatus_t status = execute(handle->get(), *plan, bound, space);
    cudaDeviceSynchronize();
    return status;
  }
  cudnnStatus_t run() const { return run(bindings(), workspace->get()); }

  ConvolutionShape shape;
  std::optional<CudnnHandle> handle;
  std::optional<ConvolutionGraph> graph;
  std::optional<ExecutionPlan> plan;
  std::optional<DeviceArray> x, w, bias, y, workspace;
};

void require_one(Fault fault, const std::string& text) {
  const auto reports = runtime::reports();
  for (const std::string& line : report_lines()) UNSCOPED_INFO(line);
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].fault == fault);
  CHECK_THAT(reports[0].message, contains(text));
}

}  // namespace

TEST_CASE("a correct execution has no report") {
  const Setting setting(true);
  CHECK(setting.run() == CUDNN_STATUS_SUCCESS);
  CHECK(report_lines().empty());
}

TEST_CASE("a tensor without a pointer") {
  const Setting setting;
  auto bindings = setting.bindings();
  bindings.erase(bindings.begin() + 2);
  CHECK(setting.run(bindings, nullptr) == CUDNN_STATUS_BAD_PARAM);
  require_one(Fault::kLibrary, "no pointer for tensor 3 (float, 1x16x1x1)");
}

TEST_CASE("a pointer less aligned than its descriptor promises") {
  const Setting setting;
  auto bindings = setting.bindings();
  bindings[0].pointer = setting.x->at(8);
  CHECK(setting.run(bindings, nullptr) == CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER);
  require_one(Fault::kMisaligned, "tensor 1 (float, 1x8x12x12)");
}

TEST_CASE("a buffer that is too small") {
  const Setting setting;
  const DeviceArray small(setting.shape.y_size() * 4 - 16);
  auto bindings = setting.bindings();
  bindings[3].pointer = small.get();
  CHECK(setting.run(bindings, nullptr) == CUDNN_STATUS_SUCCESS);
  require_one(Fault::kGlobalBounds, "16 bytes past the end of allocation");
}

TEST_CASE("a freed buffer") {
  Setting setting;
  const auto bindings = setting.bindings();
  setting.w->release();
  CHECK(setting.run(bindings, nullptr) == CUDNN_STATUS_SUCCESS);
  require_one(Fault::kGlobalBounds, "freed allocation");
}

TEST_CASE("host memory for a tensor") {
  const Setting setting;
  alignas(16) static float host[4096];
  auto bindings = setting.bindings();
  bindings[0].pointer = host;
  CHECK(setting.run(bindings, nullptr) == CUDNN_STATUS_SUCCESS);
  require_one(Fault::kGlobalBounds, "is not device memory of this device");
}

TEST_CASE("an input that was never written") {
  const Setting setting;
  const DeviceArray fresh(setting.shape.x_size() * 4);
  auto bindings = setting.bindings();
  bindings[0].pointer = fresh.get();
  CHECK(setting.run(bindings, nullptr) == CUDNN_STATUS_SUCCESS);
  require_one(Fault::kUninitialised, "tensor 1 (float, 1x8x12x12)");
}

TEST_CASE("an output over an input") {
  const Setting setting;
  DeviceArray both(setting.shape.y_size() * 4);
  both.fill(0);
  auto bindings = setting.bindings();
  bindings[0].pointer = bindings[3].pointer = both.get();
  CHECK(setting.run(bindings, nullptr) == CUDNN_STATUS_SUCCESS);
  require_one(Fault::kLibrary, "overlap");
}

TEST_CASE("no workspace, a small one, and one that holds a tensor") {
  const Setting setting(true);
  SECTION("none") {
    CHECK(setting.run(setting.bindings(), nullptr) == CUDNN_STATUS_BAD_PARAM);
    require_one(Fault::kLibrary, "needs a workspace of");
  }
  SECTION("small") {
    const DeviceArray small(static_cast<std::size_t>(setting.plan->workspace) - 1);
    CHECK(setting.run(setting.bindings(), small.get()) == CUDNN_STATUS_SUCCESS);
    require_one(Fault::kGlobalBounds, "the workspace");
  }
  SECTION("shared") {
    const auto space = static_cast<std::size_t>(setting.plan->workspace);
    DeviceArray large(std::max(space, setting.shape.x_size() * 4));
    large.fill(0);
    auto bindings = setting.bindings();
    bindings[0].pointer = large.get();
    CHECK(setting.run(bindings, large.get()) == CUDNN_STATUS_SUCCESS);
    require_one(Fault::kLibrary, "the workspace overlap");
  }
}

TEST_CASE("what the workspace held is lost") {
  const Setting setting(true);
  DeviceArray workspace(static_cast<std::size_t>(setting.plan->workspace));
  workspace.fill(0);
  CHECK(setting.run(setting.bindings(), workspace.get()) == CUDNN_STATUS_SUCCESS);
  const float first = workspace.numbers(1, DataType::kFloat)[0];
  CHECK(first != first);
}

TEST_CASE("an execution that does not wait for its input") {
  const Setting setting;
  cudaStream_t upload = nullptr;
  cudaStream_t compute = nullptr;
  REQUIRE(cudaStreamCreateWithFlags(&upload, cudaStreamNonBlocking) == cudaSuccess);
  REQUIRE(cudaStreamCreateWithFlags(&compute, cudaStreamNonBlocking) == cudaSuccess);
  cudaEvent_t uploaded = nullptr;
  REQUIRE(cudaEventCreateWithFlags(&uploaded, cudaEventDisableTiming) == cudaSuccess);
  const std::size_t bytes = setting.shape.x_size() * 4;
  void* pinned = nullptr;
  REQUIRE(cudaMallocHost(&pinned, bytes) == cudaSuccess);
  std::fill_n(static_cast<float*>(pinned), setting.shape.x_size(), 1.0F);
  const DeviceArray fresh(bytes);
  auto bindings = setting.bindings();
  bindings[0].pointer = fresh.get();
  check(corticast::cuda::cudnn_library().set_stream(setting.handle->get(), compute));

  REQUIRE(cudaMemcpyAsync(fresh.get(), pinned, bytes, cudaMemcpyHostToDevice, upload) ==
          cudaSuccess);
  REQUIRE(cudaEventRecord(uploaded, upload) == cudaSuccess);
  SECTION("reported") {
    check(execute(setting.handle->get(), *setting.plan, bindings, nullptr));
    REQUIRE(cudaStreamSynchronize(compute) == cudaSuccess);
    require_one(Fault::kUninitialised, "tensor 1");
  }
  SECTION("fine when it waits") {
    REQUIRE(cudaStreamWaitEvent(compute, uploaded, 0) == cudaSuccess);
    check(execute(setting.handle->get(), *setting.plan, bindings, nullptr));
    REQUIRE(cudaStreamSynchronize(compute) == cudaSuccess);
    CHECK(report_lines().empty());
  }
  cudaDeviceSynchronize();
  cudaEventDestroy(uploaded);
  cudaStreamDestroy(upload);
  cudaStreamDestroy(compute);
  cudaFreeHost(pinned);
}

TEST_CASE("a captured execution reads its buffers at each launch of the graph") {
  Setting setting;
  cudaStream_t stream = nullptr;
  REQUIRE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
  check(corticast::cuda::cudnn_library().set_stream(setting.handle->get(), stream));
  REQUIRE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
  check(execute(setting.handle->get(), *setting.plan, setting.bindings(), nullptr));
  cudaGraph_t captured = nullptr;
  REQUIRE(cudaStreamEndCapture(stream, &captured) == cudaSuccess);
  cudaGraphExec_t executable = nullptr;
  REQUIRE(cudaGraphInstantiate(&executable, captured, 0) == cudaSuccess);
  std::vector<std::vector<float>> results;
  for (const unsigned char byte : {'\0', '?'}) {  // ? is 0x3f: the float 0.747...
    setting.x->fill(byte);
    REQUIRE(cudaGraphLaunch(executable, stream) == cudaSuccess);
    results.push_back(setting.y->numbers(setting.shape.y_size(), DataType::kFloat));
  }
  const auto bias = setting.bias->numbers(16, DataType::kFloat);
  // Zero input: the ReLU of the bias, per channel of 12 x 12.
  for (std::size_t i = 0; i < results[0].size(); ++i)
    REQUIRE(results[0][i] == std::max(0.0F, bias[i / 144]));
  CHECK(results[1] != results[0]);
  for (const std::string& line : report_lines()) UNSCOPED_INFO(line);
  CHECK(report_lines().empty());
  cudaGraphExecDestroy(executable);
  cudaGraphDestroy(captured);
  cudaStreamDestroy(stream);
}

TEST_CASE("a stream of another device") {
  const Setting setting;
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  cudaStream_t other = nullptr;
  REQUIRE(cudaStreamCreate(&other) == cudaSuccess);
  REQUIRE(cudaSetDevice(0) == cudaSuccess);
  CHECK(corticast::cuda::cudnn_library().set_stream(setting.handle->get(), other) ==
        CUDNN_STATUS_BAD_PARAM);
  require_one(Fault::kLibrary, "another device than the handle");
  cudaStreamDestroy(other);
}

TEST_CASE("another device is current than the handle's") {
  const Setting setting;
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  CHECK(setting.run() == CUDNN_STATUS_BAD_PARAM);
  REQUIRE(cudaSetDevice(0) == cudaSuccess);
  require_one(Fault::kLibrary, "current device is not the one the handle was made on");
}

TEST_CASE("a plan of another device than the handle") {
  const Setting setting;
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  {
    const CudnnHandle other;
    CHECK(execute(other.get(), *setting.plan, setting.bindings(), nullptr) ==
          CUDNN_STATUS_BAD_PARAM);
  }
  REQUIRE(cudaSetDevice(0) == cudaSuccess);
  require_one(Fault::kLibrary, "made with a handle of another device");
}

TEST_CASE("a plan of an operation that is not simulated") {
  // The gradient of the image: cuDNN has a plan for it, this simulation has not.
  Setting setting;
  const ConvolutionGraph gradient =
      ConvolutionGraph::of_gradient(setting.handle->get(), setting.shape);
  const auto plans = gradient.plans(setting.handle->get(), 1);
  REQUIRE(plans.size() == 1);
  CHECK(execute(setting.handle->get(), plans[0], setting.bindings(), nullptr) ==
        CUDNN_STATUS_NOT_SUPPORTED);
  require_one(Fault::kLibrary, "CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR");
}

TEST_CASE("a stream that is destroyed") {
  const Setting setting;
  cudaStream_t stream = nullptr;
  REQUIRE(cudaStreamCreate(&stream) == cudaSuccess);
  check(corticast::cuda::cudnn_library().set_stream(setting.handle->get(), stream));
  REQUIRE(cudaStreamDestroy(stream) == cudaSuccess);
  CHECK(setting.run() == CUDNN_STATUS_EXECUTION_FAILED_CUDART);
  CHECK_FALSE(report_lines().empty());
}

TEST_CASE("a handle that is destroyed") {
  Setting setting;
  const cudnnHandle_t handle = setting.handle->get();
  setting.handle.reset();
  CHECK(execute(handle, *setting.plan, setting.bindings(), nullptr) == CUDNN_STATUS_BAD_PARAM);
  require_one(Fault::kLibrary, "not made by cudnnCreate, or is already destroyed");
}

}  // namespace cuda_sim::test
