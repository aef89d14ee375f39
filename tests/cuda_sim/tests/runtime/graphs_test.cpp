#include <thread>

#include "tests/cuda_sim/tests/runtime/played.h"
#include "tests/cuda_sim/tests/runtime/probe.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;

namespace {

struct Exec {
  cudaGraphExec_t handle = nullptr;
  std::size_t nodes = 0;

  // Ends the capture of the stream.
  explicit Exec(cudaStream_t stream) {
    cudaGraph_t graph = nullptr;
    must(cudaStreamEndCapture(stream, &graph));
    must(cudaGraphGetNodes(graph, nullptr, &nodes));
    must(cudaGraphInstantiate(&handle, graph, 0));
    must(cudaGraphDestroy(graph));
  }
  ~Exec() { static_cast<void>(cudaGraphExecDestroy(handle)); }
  Exec(const Exec&) = delete;
  Exec& operator=(const Exec&) = delete;
};

}  // namespace

TEST_CASE("a_captured_batch_reads_its_buffers_at_each_replay") {
  play("a100");
  const DeviceArray<> x(2);
  const Pinned in(2);
  const Pinned out(2);
  const Stream stream;
  must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  must(cudaStreamIsCapturing(stream, &status));
  CHECK(status == cudaStreamCaptureStatusActive);
  must(cudaMemcpyAsync(x.data, in.data, 8, cudaMemcpyHostToDevice, stream));
  must(probe::scale(x.data, 10, 2, stream));
  must(cudaMemcpyAsync(out.data, x.data, 8, cudaMemcpyDeviceToHost, stream));
  const Exec exec(stream);
  CHECK(exec.nodes == 3);
  must(cudaStreamSynchronize(stream));
  CHECK(out.data[0] == 0);  // captured, not run
  for (int batch = 1; batch < 4; ++batch) {
    in.data[0] = static_cast<float>(batch);
    in.data[1] = static_cast<float>(batch + 100);
    must(cudaGraphLaunch(exec.handle, stream));
    must(cudaStreamSynchronize(stream));
    CHECK(out.data[0] == static_cast<float>(10 * batch));
    CHECK(out.data[1] == static_cast<float>(10 * (batch + 100)));
  }
  check_no_report();
  CHECK(runtime::totals().graph_launches == 3);
}

TEST_CASE("changing_a_replays_source_too_early_is_reported") {
  play("a100");
  const DeviceArray<> x(2);
  const Pinned in(2, 1);
  const Stream stream;
  must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  must(cudaMemcpyAsync(x.data, in.data, 8, cudaMemcpyHostToDevice, stream));
  const Exec exec(stream);
  must(cudaGraphLaunch(exec.handle, stream));
  in.data[0] = 2;
  must(cudaGraphLaunch(exec.handle, stream));
  must(cudaStreamSynchronize(stream));
  check_one_report("was changed by the host");
}

TEST_CASE("replays_of_one_graph_in_two_streams_follow_each_other") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  must(cudaDeviceSynchronize());
  const Stream a;
  const Stream b;
  must(cudaStreamBeginCapture(a, cudaStreamCaptureModeThreadLocal));
  must(probe::scale(x.data, 2, 1, a));
  const Exec exec(a);
  must(cudaGraphLaunch(exec.handle, a));
  must(cudaGraphLaunch(exec.handle, b));
  must(cudaStreamSynchronize(b));
  CHECK(x.values() == std::vector<float>{4});
}

TEST_CASE("capture_follows_events_into_other_streams") {
  play("a100");
  const DeviceArray<> x(1);
  const DeviceArray<> y(1);
  const Pinned in(1, 3);
  const Stream main;
  const Stream side;
  const Event fork;
  const Event join;
  must(cudaStreamBeginCapture(main, cudaStreamCaptureModeGlobal));
  must(cudaMemcpyAsync(x.data, in.data, 4, cudaMemcpyHostToDevice, main));
  must(cudaEventRecord(fork, main));
  must(cudaStreamWaitEvent(side, fork, 0));
  must(probe::copy(y.data, x.data, 1, side));
  must(cudaEventRecord(join, side));
  must(cudaStreamWaitEvent(main, join, 0));
  must(probe::scale(y.data, 2, 1, main));
  const Exec exec(main);
  CHECK(exec.nodes == 3);
  must(cudaGraphLaunch(exec.handle, main));
  must(cudaStreamSynchronize(main));
  CHECK(y.values() == std::vector<float>{6});
  check_no_report();
}

TEST_CASE("work_that_does_not_come_back_to_the_captured_stream_is_refused") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  const Stream main;
  const Stream side;
  const Event fork;
  must(cudaStreamBeginCapture(main, cudaStreamCaptureModeGlobal));
  must(probe::scale(x.data, 2, 1, main));
  must(cudaEventRecord(fork, main));
  must(cudaStreamWaitEvent(side, fork, 0));
  must(probe::scale(x.data, 2, 1, side));
  cudaGraph_t graph = nullptr;
  CHECK(cudaStreamEndCapture(main, &graph) == cudaErrorStreamCaptureUnjoined);
  CHECK(graph == nullptr);
  check_one_report("joined the capture");
}

TEST_CASE("waiting_and_allocating_spoil_a_capture") {
  const auto spoiled_by = [](cudaError_t expected, auto&& call) {
    play("a100");
    const Stream stream;
    must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
    CHECK(call(stream.handle) == expected);
    cudaGraph_t graph = nullptr;
    CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorStreamCaptureInvalidated);
    CHECK(runtime::reports().size() == 1);
    must(cudaStreamSynchronize(stream));
  };
  void* p = nullptr;
  spoiled_by(cudaErrorStreamCaptureUnsupported, [&](cudaStream_t) { return cudaMalloc(&p, 4); });
  spoiled_by(cudaErrorStreamCaptureUnsupported,
             [&](cudaStream_t) { return cudaMallocHost(&p, 4); });
  spoiled_by(cudaErrorStreamCaptureUnsupported, cudaStreamSynchronize);
  spoiled_by(cudaErrorStreamCaptureUnsupported, cudaStreamQuery);
  spoiled_by(cudaErrorStreamCaptureUnsupported,
             [](cudaStream_t) { return cudaDeviceSynchronize(); });
}

TEST_CASE("a_thread_local_capture_lets_other_threads_allocate") {
  play("a100");
  const Stream stream;
  must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  cudaError_t code = cudaErrorUnknown;
  std::thread([&] {
    void* p = nullptr;
    code = cudaMalloc(&p, 4);
    static_cast<void>(cudaFree(p));
  }).join();
  CHECK(code == cudaSuccess);
  const Exec exec(stream);
  check_no_report();
}

TEST_CASE("the_default_stream_beside_a_capture_of_a_blocking_stream_is_refused") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  must(cudaDeviceSynchronize());
  const Stream stream(cudaStreamDefault);
  must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
  CHECK(probe::scale(x.data, 2, 1, nullptr) == cudaErrorStreamCaptureImplicit);
  static_cast<void>(cudaGetLastError());
  check_one_report("default stream");
}

TEST_CASE("pageable_memory_cannot_be_captured") {
  play("a100");
  const DeviceArray<> x(1);
  const Stream stream;
  const float one = 1;
  must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  CHECK(cudaMemcpyAsync(x.data, &one, 4, cudaMemcpyHostToDevice, stream) ==
        cudaErrorStreamCaptureUnsupported);
  check_one_report("pageable");
}

TEST_CASE("a_replay_with_freed_memory_is_reported") {
  play("a100");
  const Stream stream;
  float* x = nullptr;
  must(cudaMalloc(reinterpret_cast<void**>(&x), 4));
  must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  must(cudaMemsetAsync(x, 0, 4, stream));
  const Exec exec(stream);
  must(cudaFree(x));
  must(cudaGraphLaunch(exec.handle, stream));
  check_one_report("was captured with freed allocation 1");
  CHECK(cudaStreamSynchronize(stream) == cudaErrorIllegalAddress);
}

TEST_CASE("destroyed_graphs_are_refused") {
  play("a100");
  const Stream stream;
  must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  cudaGraph_t graph = nullptr;
  must(cudaStreamEndCapture(stream, &graph));
  must(cudaGraphDestroy(graph));
  cudaGraphExec_t exec = nullptr;
  CHECK(cudaGraphInstantiate(&exec, graph, 0) == cudaErrorInvalidValue);
  check_one_report("has been destroyed");
}

TEST_CASE("an_event_of_a_finished_capture_cannot_be_waited_for") {
  play("a100");
  const Stream stream;
  const Event event;
  must(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  must(cudaEventRecord(event, stream));
  const Exec exec(stream);
  CHECK(cudaEventSynchronize(event) == cudaErrorCapturedEvent);
  CHECK(cudaStreamWaitEvent(stream, event, 0) == cudaErrorCapturedEvent);
  must(cudaEventRecord(event, stream));
  must(cudaEventSynchronize(event));
}
