// What the host must not do to pinned and device memory while work is pending.
#include "tests/cuda_sim/tests/runtime/played.h"
#include "tests/cuda_sim/tests/runtime/probe.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;

TEST_CASE("changing_a_source_before_its_copy_is_reported_and_copied") {
  play("a100");
  const DeviceArray<> x(4);
  const Pinned in(4, 1);
  const Stream stream;
  must(cudaMemcpyAsync(x.data, in.data, 16, cudaMemcpyHostToDevice, stream));
  in.data[3] = 2;
  must(cudaStreamSynchronize(stream));
  check_one_report("was changed by the host between the call and the copy");
  CHECK(x.values()[3] == 2);
}

TEST_CASE("a_source_may_change_after_its_copy") {
  play("a100");
  const DeviceArray<> x(4);
  const Pinned in(4, 1);
  const Stream stream;
  const Event copied;
  for (int round = 0; round < 3; ++round) {
    must(cudaMemcpyAsync(x.data, in.data, 16, cudaMemcpyHostToDevice, stream));
    must(cudaEventRecord(copied, stream));
    must(cudaEventSynchronize(copied));
    in.data[0] += 1;
  }
  check_no_report();
}

TEST_CASE("a_target_read_early_does_not_have_the_result") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{5, 5});
  must(cudaDeviceSynchronize());
  const Pinned out(2, 5);  // by chance what will be copied
  const Stream stream;
  must(cudaMemcpyAsync(out.data, x.data, 8, cudaMemcpyDeviceToHost, stream));
  CHECK(out.data[0] != 5);
  must(cudaStreamSynchronize(stream));
  CHECK(out.data[0] == 5);
  check_no_report();
}

TEST_CASE("writing_a_target_before_its_copy_is_reported") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{5, 5});
  must(cudaDeviceSynchronize());
  const Pinned out(2);
  const Stream stream;
  must(cudaMemcpyAsync(out.data, x.data, 8, cudaMemcpyDeviceToHost, stream));
  out.data[1] = 0;
  must(cudaStreamSynchronize(stream));
  check_one_report("its target in pinned buffer");
}

TEST_CASE("one_pinned_buffer_for_two_unordered_copies_is_reported") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1, 2});
  const DeviceArray<> y(2);
  must(cudaDeviceSynchronize());
  const Pinned buffer(2);
  const Stream a;
  const Stream b;
  must(cudaMemcpyAsync(buffer.data, x.data, 8, cudaMemcpyDeviceToHost, a));
  must(cudaMemcpyAsync(y.data, buffer.data, 8, cudaMemcpyHostToDevice, b));
  check_one_report("and neither is queued after the other");
}

TEST_CASE("one_pinned_buffer_for_two_ordered_copies_is_fine") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1, 2});
  const DeviceArray<> y(2);
  must(cudaDeviceSynchronize());
  const Pinned buffer(2);
  const Stream a;
  const Stream b;
  const Event filled;
  must(cudaMemcpyAsync(buffer.data, x.data, 8, cudaMemcpyDeviceToHost, a));
  must(cudaEventRecord(filled, a));
  must(cudaStreamWaitEvent(b, filled, 0));
  must(cudaMemcpyAsync(y.data, buffer.data, 8, cudaMemcpyHostToDevice, b));
  must(cudaStreamSynchronize(b));
  CHECK(y.values() == std::vector<float>{1, 2});
  check_no_report();
}

TEST_CASE("two_copies_from_one_buffer_are_fine") {
  play("a100");
  const DeviceArray<> x(2);
  const DeviceArray<> y(2);
  const Pinned in(2, 3);
  const Stream a;
  const Stream b;
  must(cudaMemcpyAsync(x.data, in.data, 8, cudaMemcpyHostToDevice, a));
  must(cudaMemcpyAsync(y.data, in.data, 8, cudaMemcpyHostToDevice, b));
  must(cudaDeviceSynchronize());
  check_no_report();
}

TEST_CASE("a_host_function_may_fill_the_source_of_a_later_copy") {
  play("a100");
  const DeviceArray<> x(1);
  const Pinned in(1, 1);
  const Stream stream;
  must(cudaLaunchHostFunc(
      stream, [](void* data) { *static_cast<float*>(data) = 9; }, in.data));
  must(cudaMemcpyAsync(x.data, in.data, 4, cudaMemcpyHostToDevice, stream));
  must(cudaStreamSynchronize(stream));
  CHECK(x.values() == std::vector<float>{9});
  check_no_report();
}

TEST_CASE("freeing_what_pending_work_uses_is_reported") {
  play("a100");
  const Stream stream;
  float* x = nullptr;
  float* host = nullptr;
  must(cudaMalloc(reinterpret_cast<void**>(&x), 16));
  must(cudaMallocHost(reinterpret_cast<void**>(&host), 16));
  must(cudaMemcpyAsync(x, host, 16, cudaMemcpyHostToDevice, stream));
  must(probe::scale(x, 2, 4, stream));
  must(cudaFreeHost(host));
  check_one_report("while cudaMemcpyAsync in stream");
  runtime::clear_reports();
  must(cudaFree(x));
  check_one_report("frees allocation 1 (cudaMalloc, 16 bytes) while");
}

TEST_CASE("registered_memory_is_pinned") {
  play("a100");
  std::vector<float> host(8, 1.0f);
  must(cudaHostRegister(host.data(), 32, cudaHostRegisterDefault));
  const DeviceArray<> x(8);
  const Stream stream;
  must(cudaMemcpyAsync(x.data, host.data(), 32, cudaMemcpyHostToDevice, stream));
  CHECK(runtime::totals().staged_copies == 0);
  must(cudaStreamSynchronize(stream));
  CHECK(cudaHostRegister(host.data() + 4, 8, cudaHostRegisterDefault) ==
        cudaErrorHostMemoryAlreadyRegistered);
  must(cudaHostUnregister(host.data()));
  CHECK(cudaHostUnregister(host.data()) == cudaErrorHostMemoryNotRegistered);
  CHECK(runtime::reports().size() == 2);
}

TEST_CASE("a_copy_past_the_end_of_a_pinned_buffer_is_refused") {
  play("a100");
  const DeviceArray<> x(8);
  const Pinned in(4, 1);
  const Stream stream;
  CHECK(cudaMemcpyAsync(x.data, in.data, 32, cudaMemcpyHostToDevice, stream) ==
        cudaErrorInvalidValue);
  check_one_report("past the end of pinned buffer");
}

TEST_CASE("device_memory_is_no_host_memory_to_free") {
  play("a100");
  const DeviceArray<> x(8);
  CHECK(cudaFreeHost(x.data) == cudaErrorInvalidValue);
  CHECK(cudaFree(x.data + 1) == cudaErrorInvalidValue);
  CHECK(runtime::reports().size() == 2);
}
