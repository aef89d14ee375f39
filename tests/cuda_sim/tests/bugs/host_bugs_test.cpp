// Mistakes of a host program against streams, buffers, graphs and limits: each is reported or
// answered as the CUDA runtime would, and the same program without it reports nothing.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstring>

#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/kernels/card.h"
#include "tests/cuda_sim/tests/kernels/device_array.h"
#include "tests/cuda_sim/tests/kernels/runs.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using test::DeviceArray;
using test::must;

namespace {

constexpr int kCount = 500;
constexpr std::size_t kBytes = kCount * sizeof(float);

struct Stream {
  cudaStream_t handle = nullptr;

  Stream() {
    must(cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  }
  ~Stream() { static_cast<void>(cudaStreamDestroy(handle)); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Work queued here from now on comes after what `other` holds now.
  void wait_for(const Stream& other) const {
    cudaEvent_t event = nullptr;
    must(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    must(cudaEventRecord(event, other.handle), "cudaEventRecord");
    must(cudaStreamWaitEvent(handle, event, 0), "cudaStreamWaitEvent");
    must(cudaEventDestroy(event), "cudaEventDestroy");
  }
};

struct Pinned {
  float* data = nullptr;

  Pinned() {
    must(cudaMallocHost(reinterpret_cast<void**>(&data), kBytes), "cudaMallocHost");
    std::fill_n(data, kCount, 1.0f);
  }
  ~Pinned() { static_cast<void>(cudaFreeHost(data)); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
};

void work(float* x, const Stream& stream) {
  must(kernels::arithmetic(x, kCount, 3, stream.handle), "arithmetic");
}

void upload(float* x, const Pinned& from, const Stream& stream) {
  must(cudaMemcpyAsync(x, from.data, kBytes, cudaMemcpyHostToDevice, stream.handle), "upload");
}

void download(const Pinned& to, const float* x, const Stream& stream) {
  must(cudaMemcpyAsync(to.data, x, kBytes, cudaMemcpyDeviceToHost, stream.handle), "download");
}

std::string text_of(const std::vector<Report>& reports) {
  std::string text;
  for (const Report& report : reports) text += to_string(report) + "\n";
  return text;
}

// `count` reports, all of this fault and at places that begin so.
void check_reported(Fault fault, const std::string& where, std::size_t count = 1) {
  const std::vector<Report> reports = runtime::reports();
  INFO(text_of(reports));
  CHECK(reports.size() == count);
  for (const Report& report : reports) {
    CHECK(to_string(report.fault) == to_string(fault));
    CHECK(report.where.starts_with(where));
  }
}

void check_clean() {
  INFO(text_of(runtime::reports()));
  CHECK(runtime::reports().empty());
}

}  // namespace

TEST_CASE("a stream that does not wait for the upload on another stream") {
  for (const bool planted : {false, true}) {
    test::play("a100");
    const Pinned host;
    const DeviceArray<float> x(kCount);
    const Stream copies;
    const Stream compute;
    upload(x.get(), host, copies);
    if (!planted) compute.wait_for(copies);
    work(x.get(), compute);
    must(cudaStreamSynchronize(compute.handle), "cudaStreamSynchronize");
    if (planted) {
      check_reported(Fault::kUninitialised, "arithmetic.cu:");
    } else {
      check_clean();
    }
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  }
}

TEST_CASE("a stream of its own does not see a blocking upload from pageable memory") {
  for (const bool planted : {false, true}) {
    test::play("a100");
    const std::vector<float> values(kCount, 1.0f);
    const DeviceArray<float> x(kCount);
    const Stream compute;
    // Returns when the staging buffer holds the data, not when the device does.
    must(cudaMemcpy(x.get(), values.data(), kBytes, cudaMemcpyHostToDevice), "cudaMemcpy");
    if (!planted) must(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize");
    work(x.get(), compute);
    must(cudaStreamSynchronize(compute.handle), "cudaStreamSynchronize");
    if (planted) {
      check_reported(Fault::kUninitialised, "arithmetic.cu:");
    } else {
      check_clean();
    }
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  }
}

TEST_CASE("a download queued on the wrong stream") {
  for (const bool planted : {false, true}) {
    test::play("a100");
    const Pinned host;
    const DeviceArray<float> x(kCount);
    const Stream compute;
    const Stream other;
    upload(x.get(), host, compute);
    work(x.get(), compute);
    const Pinned result;
    const Stream& stream = planted ? other : compute;
    download(result, x.get(), stream);
    must(cudaStreamSynchronize(stream.handle), "cudaStreamSynchronize");
    if (planted) {
      check_reported(Fault::kUninitialised, "cudaMemcpyAsync");
    } else {
      check_clean();
    }
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  }
}

TEST_CASE("device memory freed while a kernel that uses it is queued") {
  for (const bool planted : {false, true}) {
    test::play("a100");
    const Pinned host;
    float* x = nullptr;
    must(cudaMalloc(reinterpret_cast<void**>(&x), kBytes), "cudaMalloc");
    const Stream stream;
    upload(x, host, stream);
    work(x, stream);
    if (!planted) must(cudaStreamSynchronize(stream.handle), "cudaStreamSynchronize");
    must(cudaFree(x), "cudaFree");
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    if (planted) {
      check_reported(Fault::kHost, "cudaFree", 2);  // the upload and the kernel
    } else {
      check_clean();
    }
  }
}

TEST_CASE("a pinned slot filled again while its upload is queued") {
  for (const bool planted : {false, true}) {
    test::play("a100");
    const Pinned slot;
    const DeviceArray<float> x(kCount);
    const Stream stream;
    upload(x.get(), slot, stream);
    if (!planted) must(cudaStreamSynchronize(stream.handle), "cudaStreamSynchronize");
    slot.data[7] = 2.0f;
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    if (planted) {
      check_reported(Fault::kHost, "cudaMemcpyAsync");
    } else {
      check_clean();
    }
  }
}

TEST_CASE("a pinned slot given to two copies of different streams") {
  for (const bool planted : {false, true}) {
    test::play("a100");
    const Pinned slot;
    const DeviceArray<float> x(std::vector<float>(kCount, 1.0f));
    const DeviceArray<float> y(kCount);
    const Stream downloads;
    const Stream uploads;
    download(slot, x.get(), downloads);
    if (!planted) uploads.wait_for(downloads);
    upload(y.get(), slot, uploads);
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    if (planted) {
      check_reported(Fault::kHost, "cudaMemcpyAsync in stream ");
    } else {
      check_clean();
    }
  }
}

TEST_CASE("a result read before its download is waited for is not there") {
  test::play("a100");
  const DeviceArray<float> x(std::vector<float>(kCount, 3.0f));
  const Pinned result;
  const Stream stream;
  download(result, x.get(), stream);
  const float early = result.data[0];
  must(cudaStreamSynchronize(stream.handle), "cudaStreamSynchronize");
  CHECK(early != 1.0f);  // what it held before,
  CHECK(early != 3.0f);  // and what it will hold
  CHECK(result.data[0] == 3.0f);
  check_clean();
}

TEST_CASE("a graph replayed after one of its buffers was freed") {
  for (const bool planted : {false, true}) {
    test::play("a100");
    const Stream stream;
    float* x = nullptr;
    must(cudaMalloc(reinterpret_cast<void**>(&x), kBytes), "cudaMalloc");
    must(cudaMemset(x, 0, kBytes), "cudaMemset");
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t exec = nullptr;
    must(cudaStreamBeginCapture(stream.handle, cudaStreamCaptureModeThreadLocal), "begin capture");
    work(x, stream);
    must(cudaStreamEndCapture(stream.handle, &graph), "end capture");
    must(cudaGraphInstantiate(&exec, graph, 0), "instantiate");
    must(cudaGraphLaunch(exec, stream.handle), "launch");
    must(cudaStreamSynchronize(stream.handle), "cudaStreamSynchronize");
    if (planted) must(cudaFree(x), "cudaFree");
    static_cast<void>(cudaGraphLaunch(exec, stream.handle));
    const cudaError_t error = cudaStreamSynchronize(stream.handle);
    if (planted) {
      CHECK(error != cudaSuccess);
      REQUIRE_FALSE(runtime::reports().empty());
    } else {
      CHECK(error == cudaSuccess);
      check_clean();
    }
    static_cast<void>(cudaGraphExecDestroy(exec));
    static_cast<void>(cudaGraphDestroy(graph));
  }
}

TEST_CASE("more shared memory than the card has") {
  test::play("t4");
  // 64 KB is all a T4 gives one block, a row of 30,000 pixels takes 88.
  const DeviceArray<std::int32_t> table(kCount);
  const DeviceArray<std::uint8_t> bytes(kCount);
  const kernels::ResizeAxis axis{30000, 224, 3, table.get(), table.get(), table.get()};
  CHECK(kernels::resize_rows(axis, bytes.get(), 90000, bytes.get(), nullptr) ==
        cudaErrorInvalidValue);
  check_reported(Fault::kLaunch, "kernel launch");
}

TEST_CASE("more than 48 KB of shared memory without asking for it") {
  for (const bool planted : {false, true}) {
    test::play("a100");
    const DeviceArray<kernels::Half> halves(std::vector<kernels::Half>(64, 0));
    const DeviceArray<float> floats(std::vector<float>(64, 0.0f));
    const DeviceArray<float> y(1);
    const cudaError_t error =
        kernels::readout_mma80({1, 1, 8, 8}, halves.get(), halves.get(), floats.get(), floats.get(),
                               y.get(), 6, !planted, nullptr);
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    if (planted) {
      CHECK(error == cudaErrorInvalidValue);
      check_reported(Fault::kLaunch, "kernel launch");
    } else {
      CHECK(error == cudaSuccess);
      check_clean();
    }
  }
}

TEST_CASE("a copy longer than its device buffer") {
  test::play("a100");
  const DeviceArray<float> x(kCount);
  const std::vector<float> values(kCount + 1, 1.0f);
  CHECK(cudaMemcpy(x.get(), values.data(), kBytes + sizeof(float), cudaMemcpyHostToDevice) ==
        cudaErrorInvalidValue);
  check_reported(Fault::kHost, "cudaMemcpy");
}

TEST_CASE("an injected failure of an allocation") {
  test::play("a100");
  runtime::fail_at({runtime::Failure::Kind::kDeviceAllocation, 2});
  float* x[3] = {};
  CHECK(cudaMalloc(reinterpret_cast<void**>(&x[0]), kBytes) == cudaSuccess);
  CHECK(cudaMalloc(reinterpret_cast<void**>(&x[1]), kBytes) == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
  CHECK(cudaMalloc(reinterpret_cast<void**>(&x[2]), kBytes) == cudaSuccess);
  check_clean();
}

TEST_CASE("an injected failure of a launch") {
  test::play("a100");
  const DeviceArray<float> x(std::vector<float>(kCount, 1.0f));
  runtime::fail_at({runtime::Failure::Kind::kLaunch, 2});
  CHECK(kernels::arithmetic(x.get(), kCount, 1, nullptr) == cudaSuccess);
  CHECK(kernels::arithmetic(x.get(), kCount, 1, nullptr) == cudaErrorLaunchOutOfResources);
  CHECK(kernels::arithmetic(x.get(), kCount, 1, nullptr) == cudaSuccess);
  CHECK(cudaDeviceSynchronize() == cudaSuccess);
}

TEST_CASE("an injected loss of the device makes all later calls fail") {
  test::play("a100");
  const DeviceArray<float> x(std::vector<float>(kCount, 1.0f));
  runtime::fail_at({runtime::Failure::Kind::kCall, 1});
  CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  CHECK(kernels::arithmetic(x.get(), kCount, 1, nullptr) == cudaErrorIllegalAddress);
  float* more = nullptr;
  CHECK(cudaMalloc(reinterpret_cast<void**>(&more), kBytes) == cudaErrorIllegalAddress);
  test::play("a100");
  CHECK(cudaMalloc(reinterpret_cast<void**>(&more), kBytes) == cudaSuccess);
}

TEST_CASE("non-finite results are counted when asked for") {
  const auto counts_of = [](float value) {
    Checks checks;
    checks.non_finite = true;
    test::play("a100", checks);
    std::vector<float> values(kCount, 1.0f);
    values[11] = value;
    const DeviceArray<float> x(values);
    must(kernels::arithmetic(x.get(), kCount, 2, nullptr), "arithmetic");
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    return runtime::counts().begin()->second;
  };
  const KernelCounts finite = counts_of(1.0f);
  CHECK(finite.nan_results + finite.infinite_results == 0);
  const KernelCounts infinite = counts_of(std::numeric_limits<float>::infinity());
  CHECK(infinite.infinite_results > 0);
  const KernelCounts nan = counts_of(std::numeric_limits<float>::quiet_NaN());
  CHECK(nan.nan_results > 0);
  CHECK(nan.infinite_results == 0);
}
