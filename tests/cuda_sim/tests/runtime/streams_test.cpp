// Order: work runs as late as the streams and events allow, never later.
#include <atomic>
#include <future>
#include <thread>

#include "tests/cuda_sim/tests/runtime/played.h"
#include "tests/cuda_sim/tests/runtime/probe.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;

TEST_CASE("work_runs_in_stream_order_when_it_is_waited_for") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  must(cudaDeviceSynchronize());
  const Stream stream;
  const Pinned out(1);
  must(probe::scale(x.data, 3, 1, stream));
  must(probe::scale(x.data, 5, 1, stream));
  must(cudaMemcpyAsync(out.data, x.data, 4, cudaMemcpyDeviceToHost, stream));
  CHECK(out.data[0] != 15);  // not yet
  must(cudaStreamSynchronize(stream));
  CHECK(out.data[0] == 15);
  check_no_report();
}

TEST_CASE("a_missing_wait_between_streams_shows") {
  play("a100");
  const DeviceArray<> x(4);
  const DeviceArray<> y(4);
  const Pinned in(4, 7);
  const Stream upload;
  const Stream compute;
  must(cudaMemcpyAsync(x.data, in.data, 16, cudaMemcpyHostToDevice, upload));
  must(probe::copy(y.data, x.data, 4, compute));
  must(cudaStreamSynchronize(compute));
  check_one_report("[uninitialised");
}

TEST_CASE("an_event_orders_two_streams") {
  play("a100");
  const DeviceArray<> x(4);
  const DeviceArray<> y(4);
  const Pinned in(4, 7);
  const Stream upload;
  const Stream compute;
  const Event uploaded;
  must(cudaMemcpyAsync(x.data, in.data, 16, cudaMemcpyHostToDevice, upload));
  must(cudaEventRecord(uploaded, upload));
  must(cudaStreamWaitEvent(compute, uploaded, 0));
  must(probe::copy(y.data, x.data, 4, compute));
  must(cudaStreamSynchronize(compute));
  CHECK(y.values() == std::vector<float>(4, 7.0f));
  check_no_report();
}

TEST_CASE("an_event_means_the_work_before_its_record_not_after") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  must(cudaDeviceSynchronize());
  const Stream stream;
  const Event event;
  must(probe::scale(x.data, 2, 1, stream));
  must(cudaEventRecord(event, stream));
  must(probe::scale(x.data, 10, 1, stream));
  const Stream other;
  const Pinned out(1);
  must(cudaStreamWaitEvent(other, event, 0));
  must(cudaMemcpyAsync(out.data, x.data, 4, cudaMemcpyDeviceToHost, other));
  must(cudaStreamSynchronize(other));
  CHECK(out.data[0] == 2);
  must(cudaStreamSynchronize(stream));
  CHECK(x.values() == std::vector<float>{20});
}

TEST_CASE("producers_first_shows_a_missing_wait_for_a_reader") {
  // The upload of the second batch may overtake the first batch's kernel: nothing orders the two.
  for (const bool careful : {false, true}) {
    play("a100", 1, runtime::Schedule::kProducersFirst);
    const DeviceArray<> x(1);
    const DeviceArray<> y(2);
    const Pinned in(2);
    in.data[0] = 1;
    in.data[1] = 2;
    const Stream upload;
    const Stream compute;
    const Event uploaded[2];
    const Event computed;
    for (int batch = 0; batch < 2; ++batch) {
      if (careful && batch == 1) must(cudaStreamWaitEvent(upload, computed, 0));
      must(cudaMemcpyAsync(x.data, in.data + batch, 4, cudaMemcpyHostToDevice, upload));
      must(cudaEventRecord(uploaded[batch], upload));
      must(cudaStreamWaitEvent(compute, uploaded[batch], 0));
      must(probe::copy(y.data + batch, x.data, 1, compute));
      must(cudaEventRecord(computed, compute));
    }
    must(cudaStreamSynchronize(compute));
    CHECK(runtime::reports().empty() == careful);
    CHECK(y.values() == (careful ? std::vector<float>{1, 2} : std::vector<float>{2, 2}));
  }
}

TEST_CASE("the_default_stream_waits_for_blocking_streams_only") {
  play("a100");
  const DeviceArray<> x(4);
  const Pinned in(4, 7);
  const Stream blocking(cudaStreamDefault);
  must(cudaMemcpyAsync(x.data, in.data, 16, cudaMemcpyHostToDevice, blocking));
  CHECK(x.values() == std::vector<float>(4, 7.0f));  // by the default stream
  check_no_report();
  const DeviceArray<> y(4);
  const Stream free;
  must(cudaMemcpyAsync(y.data, in.data, 16, cudaMemcpyHostToDevice, free));
  static_cast<void>(y.values());
  check_one_report("never written");
  must(cudaDeviceSynchronize());
}

TEST_CASE("blocking_streams_wait_for_the_default_stream") {
  play("a100");
  const DeviceArray<> x(
      std::vector<float>{1, 2});  // by the default stream, perhaps still on its way
  const DeviceArray<> y(2);
  const Stream blocking(cudaStreamDefault);
  must(probe::copy(y.data, x.data, 2, blocking));
  must(cudaStreamSynchronize(blocking));
  CHECK(y.values() == std::vector<float>{1, 2});
  check_no_report();
}

TEST_CASE("work_of_a_destroyed_stream_still_runs") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  must(cudaDeviceSynchronize());
  cudaStream_t stream = nullptr;
  must(cudaStreamCreate(&stream));
  must(probe::scale(x.data, 2, 1, stream));
  must(cudaStreamDestroy(stream));
  CHECK(x.values() == std::vector<float>{2});
  check_no_report();
  CHECK(probe::scale(x.data, 2, 1, stream) == cudaErrorInvalidResourceHandle);
  check_one_report("has been destroyed");
}

TEST_CASE("polling_comes_to_an_end") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  must(cudaDeviceSynchronize());
  const Stream stream;
  const Event event;
  must(probe::scale(x.data, 2, 1, stream));
  must(cudaEventRecord(event, stream));
  CHECK(cudaEventQuery(event) == cudaErrorNotReady);
  int polls = 1;
  while (cudaEventQuery(event) == cudaErrorNotReady && polls < 100) ++polls;
  CHECK(polls < 100);
  must(cudaStreamQuery(stream));
  CHECK(cudaGetLastError() == cudaErrorNotReady);
  CHECK(x.values() == std::vector<float>{2});
}

TEST_CASE("times_between_events_are_told_once_both_are_over") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  cudaEvent_t first = nullptr;
  cudaEvent_t last = nullptr;
  must(cudaEventCreate(&first));
  must(cudaEventCreate(&last));
  must(cudaEventRecord(first, nullptr));
  must(probe::scale(x.data, 2, 1, nullptr));
  must(cudaEventRecord(last, nullptr));
  float ms = -1;
  CHECK(cudaEventElapsedTime(&ms, first, last) == cudaErrorNotReady);
  must(cudaEventSynchronize(last));
  must(cudaEventElapsedTime(&ms, first, last));
  CHECK(ms >= 0);
  must(cudaEventDestroy(first));
  CHECK(cudaEventRecord(first, nullptr) == cudaErrorInvalidResourceHandle);
  must(cudaEventDestroy(last));
  check_one_report("event");
}

TEST_CASE("host_functions_run_in_order_and_may_not_call_cuda") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  must(cudaDeviceSynchronize());
  const Stream stream;
  const Pinned out(1);
  struct Seen {
    const float* value;
    float at_call = 0;
    cudaError_t code = cudaSuccess;
  } seen{out.data};
  must(probe::scale(x.data, 2, 1, stream));
  must(cudaMemcpyAsync(out.data, x.data, 4, cudaMemcpyDeviceToHost, stream));
  must(cudaLaunchHostFunc(
      stream,
      [](void* data) {
        auto* const s = static_cast<Seen*>(data);
        s->at_call = *s->value;
        s->code = cudaDeviceSynchronize();
      },
      &seen));
  must(cudaStreamSynchronize(stream));
  CHECK(seen.at_call == 2);
  CHECK(seen.code == cudaErrorNotPermitted);
  check_one_report("may not call CUDA");
}

TEST_CASE("a_host_function_comes_without_being_waited_for") {
  // A real device makes progress by itself, so a program may wait for its function to be called.
  play("a100");
  const Stream stream;
  std::promise<void> called;
  must(cudaLaunchHostFunc(
      stream, [](void* data) { static_cast<std::promise<void>*>(data)->set_value(); }, &called));
  CHECK(called.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  must(cudaStreamSynchronize(stream));
  check_no_report();
}

TEST_CASE("threads_may_use_the_runtime_at_once") {
  play("a100", 2);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      static_cast<void>(cudaSetDevice(t % 2));
      for (int round = 0; round < 5; ++round) {
        float* x = nullptr;
        cudaStream_t stream = nullptr;
        const float one = static_cast<float>(t + 1);
        float back = 0;
        bool ok = cudaMalloc(reinterpret_cast<void**>(&x), 4) == cudaSuccess;
        ok = ok && cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess;
        ok = ok && cudaMemcpyAsync(x, &one, 4, cudaMemcpyHostToDevice, stream) == cudaSuccess;
        ok = ok && probe::scale(x, 2, 1, stream) == cudaSuccess;
        ok = ok && cudaMemcpyAsync(&back, x, 4, cudaMemcpyDeviceToHost, stream) == cudaSuccess;
        ok = ok && cudaStreamSynchronize(stream) == cudaSuccess && back == 2 * one;
        ok = ok && cudaStreamDestroy(stream) == cudaSuccess && cudaFree(x) == cudaSuccess;
        if (!ok) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  check_no_report();
  CHECK(runtime::leaks().empty());
}

TEST_CASE("memory_of_a_stream_belongs_to_what_comes_after_it") {
  play("a100");
  const Stream stream;
  const Stream other;
  float* x = nullptr;
  must(cudaMallocAsync(reinterpret_cast<void**>(&x), 16, stream));
  must(cudaMemsetAsync(x, 0, 16, stream));
  must(cudaFreeAsync(x, stream));
  must(cudaStreamSynchronize(stream));
  check_no_report();
  must(cudaMallocAsync(reinterpret_cast<void**>(&x), 16, stream));
  must(cudaMemsetAsync(x, 0, 16, other));
  check_one_report("does not come after cudaMallocAsync");
  runtime::clear_reports();
  must(cudaFreeAsync(x, stream));
  check_one_report("does not wait for the pending cudaMemsetAsync");
}
