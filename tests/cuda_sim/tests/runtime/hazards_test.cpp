// Device memory that two streams touch with nothing between them that orders the two: found in
// whatever order the work runs.
#include "tests/cuda_sim/runtime/library_work.h"
#include "tests/cuda_sim/tests/runtime/played.h"
#include "tests/cuda_sim/tests/runtime/probe.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;
using runtime::Schedule;

namespace {

const std::string kMissing = "nothing orders the two; a wait for an event is missing";

// Runs `work` under each schedule; `text` empty: nothing may be reported.
template <class Work>
void each_schedule(const std::string& text, Work&& work) {
  for (const Schedule schedule : {Schedule::kLate, Schedule::kProducersFirst, Schedule::kAtOnce}) {
    play("a100", 1, schedule);
    const DeviceArray<> x(std::vector<float>(64, 1.0f));
    const DeviceArray<> y(std::vector<float>(64, 2.0f));
    must(cudaDeviceSynchronize());
    const Stream a;
    const Stream b;
    work(x.data, y.data, a.handle, b.handle);
    must(cudaDeviceSynchronize());
    INFO("schedule " << static_cast<int>(schedule));
    if (text.empty()) {
      check_no_report();
    } else {
      check_one_report(text);
      check_one_report(kMissing);
    }
  }
}

void order(cudaStream_t before, cudaStream_t after) {
  const Event event;
  must(cudaEventRecord(event, before));
  must(cudaStreamWaitEvent(after, event, 0));
}

}  // namespace

TEST_CASE("an_upload_over_what_a_kernel_still_reads_is_found") {
  for (const bool ordered : {false, true}) {
    each_schedule(ordered ? "" : "of allocation 1", [&](float* x, float* y, auto a, auto b) {
      const Pinned in(64, 3);
      must(probe::copy(y, x, 64, a));
      if (ordered) order(a, b);
      must(cudaMemcpyAsync(x, in.data, 256, cudaMemcpyHostToDevice, b));
      must(cudaDeviceSynchronize());
    });
  }
}

TEST_CASE("a_download_of_what_a_kernel_still_writes_is_found") {
  for (const bool ordered : {false, true}) {
    each_schedule(ordered ? "" : "of allocation 2", [&](float* x, float* y, auto a, auto b) {
      const Pinned out(64);
      must(probe::copy(y, x, 64, a));
      if (ordered) order(a, b);
      must(cudaMemcpyAsync(out.data, y, 256, cudaMemcpyDeviceToHost, b));
      must(cudaDeviceSynchronize());
    });
  }
}

TEST_CASE("two_kernels_on_the_same_memory_are_found") {
  for (const bool ordered : {false, true}) {
    each_schedule(ordered ? "" : "copy_kernel", [&](float* x, float* y, auto a, auto b) {
      must(probe::copy(y, x, 64, a));
      if (ordered) order(a, b);
      must(cudaMemsetAsync(y, 0, 256, b));
    });
  }
  // Allocation 3 is written by one and read by the other; the order of running decides which of the
  // two is named as the later.
  each_schedule("copy_kernel", [&](float* x, float* y, auto a, auto b) {
    const DeviceArray<> z(std::vector<float>(64, 0.0f));
    must(cudaDeviceSynchronize());
    must(probe::copy(y, x, 64, a));
    must(probe::copy(z.data, y, 64, b));
    must(cudaDeviceSynchronize());
  });
}

TEST_CASE("what_the_host_has_waited_for_is_ordered") {
  each_schedule("", [](float* x, float* y, cudaStream_t a, cudaStream_t b) {
    const Pinned in(64, 3);
    must(probe::copy(y, x, 64, a));
    must(cudaStreamSynchronize(a));
    must(cudaMemcpyAsync(x, in.data, 256, cudaMemcpyHostToDevice, b));
    while (cudaStreamQuery(b) == cudaErrorNotReady) {
    }
    static_cast<void>(cudaGetLastError());
    must(probe::copy(y, x, 64, a));
    must(cudaDeviceSynchronize());
  });
}

TEST_CASE("parts_of_one_allocation_are_told_apart") {
  each_schedule("", [](float* x, float* y, cudaStream_t a, cudaStream_t b) {
    const Pinned in(64, 3);
    must(probe::copy(y, x, 33, a));
    must(cudaMemcpyAsync(x + 33, in.data, 31 * 4, cudaMemcpyHostToDevice, b));
    must(probe::copy(y + 33, x + 33, 31, b));
    must(cudaDeviceSynchronize());
  });
}

TEST_CASE("readers_do_not_disturb_each_other") {
  each_schedule("", [](float* x, float* y, cudaStream_t a, cudaStream_t b) {
    const Pinned out(64);
    must(probe::copy(y, x, 64, a));
    must(cudaMemcpyAsync(out.data, x, 256, cudaMemcpyDeviceToHost, b));
    must(cudaDeviceSynchronize());
  });
}

TEST_CASE("work_of_libraries_is_watched_too") {
  for (const bool ordered : {false, true}) {
    each_schedule(ordered ? "" : "some_library", [&](float* x, float* y, auto a, auto b) {
      must(probe::copy(y, x, 64, a));
      if (ordered) order(a, b);
      must(runtime::enqueue(b, "some_library", [y](Device& device) {
        device.memory().write(reinterpret_cast<std::uint64_t>(y + 5), 4)[0] = std::byte{1};
      }));
    });
  }
}

TEST_CASE("branches_of_a_graph_are_ordered_by_its_edges_alone") {
  for (const bool ordered : {false, true}) {
    each_schedule(ordered ? "" : "of allocation 1", [&](float* x, float* y, auto a, auto b) {
      must(cudaStreamBeginCapture(a, cudaStreamCaptureModeThreadLocal));
      order(a, b);
      must(probe::copy(y, x, 64, a));
      if (ordered) order(a, b);
      must(cudaMemsetAsync(x, 0, 256, b));
      order(b, a);
      cudaGraph_t graph = nullptr;
      cudaGraphExec_t exec = nullptr;
      must(cudaStreamEndCapture(a, &graph));
      must(cudaGraphInstantiate(&exec, graph, 0));
      must(cudaGraphLaunch(exec, b));
      must(cudaStreamSynchronize(b));
      must(cudaGraphExecDestroy(exec));
      must(cudaGraphDestroy(graph));
    });
  }
}
