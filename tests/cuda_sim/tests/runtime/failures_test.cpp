// Failures on demand, and devices that are lost.
#include "tests/cuda_sim/tests/runtime/played.h"
#include "tests/cuda_sim/tests/runtime/probe.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;
using runtime::Failure;

TEST_CASE("the_chosen_allocation_fails_once") {
  play("a100");
  runtime::fail_at({Failure::Kind::kAllocation, 3});
  void* p[4] = {};
  must(cudaMalloc(&p[0], 16));
  must(cudaMallocHost(&p[1], 16));
  CHECK(cudaMalloc(&p[2], 16) == cudaErrorMemoryAllocation);
  must(cudaMalloc(&p[3], 16));
  check_no_report();
}

TEST_CASE("device_and_pinned_allocations_are_counted_apart_too") {
  play("a100");
  runtime::fail_at({Failure::Kind::kDeviceAllocation, 2});
  runtime::fail_at({Failure::Kind::kPinnedAllocation, 1});
  void* p = nullptr;
  must(cudaMalloc(&p, 16));
  CHECK(cudaHostAlloc(&p, 16, cudaHostAllocPortable) == cudaErrorMemoryAllocation);
  must(cudaHostAlloc(&p, 16, cudaHostAllocPortable));
  CHECK(cudaMalloc(&p, 16) == cudaErrorMemoryAllocation);
}

TEST_CASE("the_chosen_launch_fails_and_the_next_does_not") {
  play("a100");
  runtime::fail_at({Failure::Kind::kLaunch, 2});
  const DeviceArray<> x(std::vector<float>{1});
  must(probe::scale(x.data, 2, 1, nullptr));
  CHECK(probe::scale(x.data, 2, 1, nullptr) == cudaErrorLaunchOutOfResources);
  CHECK(cudaGetLastError() == cudaErrorLaunchOutOfResources);
  must(probe::scale(x.data, 2, 1, nullptr));
  CHECK(x.values() == std::vector<float>{4});
}

TEST_CASE("a_device_lost_at_a_call_stays_lost") {
  play("a100", 2);
  const DeviceArray<> x(std::vector<float>{1});
  runtime::fail_at({Failure::Kind::kCall, 2});
  must(cudaDeviceSynchronize());
  CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  CHECK(probe::scale(x.data, 2, 1, nullptr) == cudaErrorIllegalAddress);
  CHECK(cudaGetLastError() == cudaErrorIllegalAddress);
  CHECK(cudaGetLastError() == cudaErrorIllegalAddress);
  must(cudaSetDevice(1));
  must(cudaDeviceSynchronize());
  play("a100");
  must(cudaDeviceSynchronize());
}

TEST_CASE("a_kernel_fault_shows_at_the_call_that_waits_for_it") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  const DeviceArray<> y(1);
  must(probe::read_at(y.data, x.data, 1, nullptr));
  must(cudaPeekAtLastError());
  CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  CHECK(cudaMemset(x.data, 0, 4) == cudaErrorIllegalAddress);
  check_one_report("probe.cu:");
  // What a lost device still holds cannot be freed, so it is no leak.
  CHECK(runtime::leaks().empty());
}

TEST_CASE("a_trap_is_a_launch_failure") {
  play("h100");
  must(probe::trap(nullptr));
  CHECK(cudaDeviceSynchronize() == cudaErrorLaunchFailure);
}

TEST_CASE("planned_failures_have_a_text_form") {
  const std::vector<Failure> failures = runtime::parse_failures("pinned-allocation=7,call=12");
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].kind == Failure::Kind::kPinnedAllocation);
  CHECK(failures[0].index == 7);
  CHECK(failures[1].kind == Failure::Kind::kCall);
  CHECK(runtime::parse_failures("").empty());
  for (const char* const text : {"launch", "launch=", "launch=0", "launch=x", "lunch=1", "=1"}) {
    CHECK_THROWS_AS(runtime::parse_failures(text), std::runtime_error);
  }
}
