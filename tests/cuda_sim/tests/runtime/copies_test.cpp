#include <numeric>

#include "tests/cuda_sim/tests/runtime/played.h"
#include "tests/cuda_sim/tests/runtime/probe.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;

namespace {

std::vector<float> counting(std::size_t n, float first = 0) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), first);
  return values;
}

}  // namespace

TEST_CASE("copies_carry_bytes_there_and_back") {
  play("a100");
  const std::vector<float> host = counting(1000);
  const DeviceArray<> a(host);
  const DeviceArray<> b(1000);
  must(cudaMemcpy(b.data, a.data, a.bytes(), cudaMemcpyDeviceToDevice));
  CHECK(b.values() == host);
  must(cudaMemset(b.data, 0x40, 8));  // 0x40404040 = 3.0039
  const std::vector<float> filled = b.values();
  CHECK(filled[1] == Approx(3.00392f));
  CHECK(filled[2] == 2);
  must(cudaMemcpy(b.data, host.data(), 8, cudaMemcpyDefault));
  CHECK(b.values() == host);
  check_no_report();
  CHECK(runtime::totals().to_device.bytes == 4008);
  CHECK(runtime::totals().between_devices.bytes == 4000);
  CHECK(runtime::totals().from_device.count == 3);
}

TEST_CASE("two_dimensional_copies_keep_to_their_rows") {
  play("a100");
  const DeviceArray<> device(counting(24));  // 4 rows of 6
  std::vector<float> host(3 * 5, -1.0f);
  // Rows 1..3, columns 2..4, into columns 1..3 of rows of 5.
  must(cudaMemcpy2D(host.data() + 1, 5 * 4, device.data + 6 + 2, 6 * 4, 3 * 4, 3,
                    cudaMemcpyDeviceToHost));
  CHECK(host == std::vector<float>{-1, 8, 9, 10, -1, -1, 14, 15, 16, -1, -1, 20, 21, 22, -1});
  CHECK(cudaMemcpy2D(host.data(), 8, device.data, 24, 12, 2, cudaMemcpyDeviceToHost) ==
        cudaErrorInvalidPitchValue);
  check_one_report("pitch");
}

TEST_CASE("a_copy_past_the_end_names_the_allocation") {
  play("a100");
  const DeviceArray<> device(10);
  std::vector<float> host(20);
  CHECK(cudaMemcpy(device.data + 8, host.data(), 12, cudaMemcpyHostToDevice) ==
        cudaErrorInvalidValue);
  CHECK(cudaGetLastError() == cudaErrorInvalidValue);
  CHECK(cudaGetLastError() == cudaSuccess);
  check_one_report(
      "the target reaches 4 bytes past the end of allocation 1 (cudaMalloc, 40 bytes)");
}

TEST_CASE("a_copy_from_freed_memory_is_refused") {
  play("a100");
  float* x = nullptr;
  must(cudaMalloc(reinterpret_cast<void**>(&x), 40));
  must(cudaFree(x));
  float host[10];
  CHECK(cudaMemcpy(host, x, 40, cudaMemcpyDeviceToHost) == cudaErrorInvalidValue);
  check_one_report("freed allocation 1");
  runtime::clear_reports();
  CHECK(cudaFree(x) == cudaErrorInvalidValue);
  check_one_report("again");
}

TEST_CASE("a_wrong_direction_is_refused") {
  play("a100");
  const DeviceArray<> device(10);
  float host[10] = {};
  CHECK(cudaMemcpy(device.data, host, 40, cudaMemcpyDeviceToHost) == cudaErrorInvalidValue);
  check_one_report("the source is device memory, but it is host memory");
}

TEST_CASE("bytes_never_written_are_reported_when_the_host_gets_them") {
  play("a100");
  const DeviceArray<> device(10);
  must(cudaMemset(device.data, 0, 24));
  static_cast<void>(device.values());
  check_one_report("byte 24 of allocation 1 (cudaMalloc, 40 bytes), which was never written");
}

TEST_CASE("moving_bytes_never_written_is_not_reported_using_them_is") {
  play("a100");
  const DeviceArray<> a(10);
  const DeviceArray<> b(10);
  must(cudaMemset(a.data, 0, 24));
  must(cudaMemcpy(b.data, a.data, 40, cudaMemcpyDeviceToDevice));
  float host[6];
  must(cudaMemcpy(host, b.data, 24, cudaMemcpyDeviceToHost));
  check_no_report();
  static_cast<void>(b.values());
  check_one_report("byte 24 of allocation 2");
}

TEST_CASE("pageable_memory_is_staged_at_the_call") {
  play("a100");
  const DeviceArray<> device(4);
  const Stream stream;
  std::vector<float> host = {1, 2, 3, 4};
  must(cudaMemcpyAsync(device.data, host.data(), 16, cudaMemcpyHostToDevice, stream));
  host.assign(4, 0.0f);  // allowed: the call has taken what it needs
  must(cudaMemcpyAsync(host.data(), device.data, 16, cudaMemcpyDeviceToHost, stream));
  CHECK(host == std::vector<float>{1, 2, 3, 4});  // and this one has come back complete
  check_no_report();
  CHECK(runtime::totals().staged_copies == 2);
}

TEST_CASE("cudaMemcpy_does_not_order_work_of_other_streams_after_it") {
  // From pageable memory it returns when the bytes are staged; a stream that does not wait for the
  // default stream may run before they land.
  play("a100");
  const DeviceArray<> x(4);
  const DeviceArray<> y(4);
  const Stream stream;
  const float host[4] = {1, 2, 3, 4};
  must(cudaMemcpy(x.data, host, 16, cudaMemcpyHostToDevice));
  must(probe::copy(y.data, x.data, 4, stream));
  must(cudaStreamSynchronize(stream));
  check_one_report("[uninitialised");
}

TEST_CASE("symbols_are_copied_by_name") {
  play("t4");
  const float table[4] = {10, 20, 30, 40};
  must(probe::set_table(table, false, nullptr));
  const DeviceArray<> x(std::vector<float>{1, 1, 1, 1, 1});
  must(probe::scale(x.data, 2, 5, nullptr));
  CHECK(x.values() == std::vector<float>{12, 22, 32, 42, 12});
  int counter = 0;
  must(probe::read_counter(&counter));
  CHECK(counter == 6);
  std::size_t bytes = 0;
  must(cudaGetSymbolSize(&bytes, probe::counter_symbol()));
  CHECK(bytes == 4);
  void* address = nullptr;
  must(cudaGetSymbolAddress(&address, probe::counter_symbol()));
  must(cudaMemset(address, 0, 4));
  must(probe::read_counter(&counter));
  CHECK(counter == 0);
  CHECK(cudaGetSymbolSize(&bytes, &counter) == cudaErrorInvalidSymbol);
  check_one_report("no device variable");
  // A new device has the variable's first value.
  play("t4");
  must(probe::read_counter(&counter));
  CHECK(counter == 5);
}

TEST_CASE("pointers_say_what_they_are") {
  play("a100", 2);
  const Pinned pinned(4);
  must(cudaSetDevice(1));
  const DeviceArray<> device(4);
  int local = 0;
  cudaPointerAttributes attributes{};
  must(cudaPointerGetAttributes(&attributes, device.data + 1));
  CHECK(attributes.type == cudaMemoryTypeDevice);
  CHECK(attributes.device == 1);
  must(cudaPointerGetAttributes(&attributes, pinned.data + 1));
  CHECK(attributes.type == cudaMemoryTypeHost);
  must(cudaPointerGetAttributes(&attributes, &local));
  CHECK(attributes.type == cudaMemoryTypeUnregistered);
}
