// What the runtime refuses (limits, sizes), failures it is told to play, and counts of non-finite
// results.
#include <limits>

#include "tests/cuda_sim/kernels/kernels.h"
#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/bugs/host_program.h"
#include "tests/cuda_sim/tests/kernels/card.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::bugs;
using test::DeviceArray;
using test::must;

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
