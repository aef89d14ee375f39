// Mistakes of a host program against streams, buffers in flight and graphs: each is reported, and
// the same program without it reports nothing.
#include "tests/cuda_sim/kernels/kernels.h"
#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/bugs/host_program.h"
#include "tests/cuda_sim/tests/kernels/card.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::bugs;
using test::DeviceArray;
using test::must;

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
