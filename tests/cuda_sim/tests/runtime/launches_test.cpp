#include <numeric>

#include "tests/cuda_sim/tests/runtime/played.h"
#include "tests/cuda_sim/tests/runtime/probe.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;

TEST_CASE("arguments_arrive_whatever_their_size") {
  for (const char* const card : {"t4", "a100", "h100"}) {
    play(card);
    const DeviceArray<double> out(5);
    must(probe::arguments(out.data, 'a', 2.5, -7, {3, 4.5}, nullptr));
    CHECK(out.values() == std::vector<double>{'a', 2.5, -7, 3, 4.5});
    check_no_report();
  }
}

TEST_CASE("arguments_are_taken_at_the_launch") {
  play("a100");
  const DeviceArray<> x(std::vector<float>{1});
  const Stream stream;
  must(cudaDeviceSynchronize());
  for (float factor = 2; factor < 5; ++factor) must(probe::scale(x.data, factor, 1, stream));
  must(cudaStreamSynchronize(stream));
  CHECK(x.values() == std::vector<float>{24});
}

TEST_CASE("shapes_beyond_the_limits_are_refused") {
  play("a100");
  must(probe::any_shape(1, 65535, 1, 1, 64, nullptr));
  must(probe::any_shape(1, 1, 32, 32, 1, nullptr));
  const auto refused = [](unsigned gx, unsigned gy, unsigned bx, unsigned by, unsigned bz) {
    CHECK(probe::any_shape(gx, gy, bx, by, bz, nullptr) == cudaErrorInvalidConfiguration);
    CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
    CHECK(runtime::reports().size() == 1);
    runtime::clear_reports();
  };
  refused(0, 1, 1, 1, 1);
  refused(1, 1, 0, 1, 1);
  refused(1, 65536, 1, 1, 1);
  refused(1, 1, 1025, 1, 1);
  refused(1, 1, 32, 33, 1);
  refused(1, 1, 1, 1, 65);
  must(cudaDeviceSynchronize());
}

TEST_CASE("launch_bounds_hold") {
  play("a100");
  const DeviceArray<int> x(65);
  must(probe::bounded(x.data, 64, nullptr));
  CHECK(probe::bounded(x.data, 65, nullptr) != cudaSuccess);
  static_cast<void>(cudaGetLastError());
  check_one_report("launch bounds promise at most 64");
  cudaFuncAttributes attributes{};
  must(cudaFuncGetAttributes(&attributes, probe::bounded_kernel()));
  CHECK(attributes.maxThreadsPerBlock == 64);
  CHECK(attributes.sharedSizeBytes == 256);
  CHECK(attributes.numRegs > 0);
  CHECK(attributes.numRegs < 33);
}

TEST_CASE("more_than_48_KB_of_shared_memory_must_be_asked_for") {
  const auto play_with = [](const char* card, std::size_t bytes, bool ask) {
    play(card);
    std::vector<int> host(256);
    std::iota(host.begin(), host.end(), 0);
    const DeviceArray<int> x(host);
    if (ask) {
      const cudaError_t code =
          cudaFuncSetAttribute(probe::reverse_kernel(), cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(bytes));
      if (code != cudaSuccess) return code;
    }
    const cudaError_t code = probe::reverse(x.data, 2, 128, bytes, nullptr);
    if (code != cudaSuccess) return cudaGetLastError();
    const std::vector<int> back = x.values();
    CHECK(back[0] == 127);
    CHECK(back[255] == 128);
    return cudaSuccess;
  };
  CHECK(play_with("t4", 512, false) == cudaSuccess);
  CHECK(play_with("h100", 49152, false) == cudaSuccess);
  CHECK(play_with("h100", 49153, false) == cudaErrorInvalidValue);
  check_one_report("cudaFuncSetAttribute");
  CHECK(play_with("h100", 232448, true) == cudaSuccess);
  check_no_report();
  CHECK(play_with("h100", 232449, true) == cudaErrorInvalidValue);
  CHECK(play_with("a100", 166912, true) == cudaSuccess);
  CHECK(play_with("a100", 232448, true) == cudaErrorInvalidValue);
  CHECK(play_with("t4", 65536, true) == cudaSuccess);
  CHECK(play_with("t4", 65537, true) == cudaErrorInvalidValue);
}

TEST_CASE("less_shared_memory_than_the_kernel_uses_shows") {
  play("a100");
  std::vector<int> host(128, 1);
  const DeviceArray<int> x(host);
  must(probe::reverse(x.data, 1, 128, 500, nullptr));
  CHECK(cudaDeviceSynchronize() != cudaSuccess);
  check_one_report("[shared");
}

TEST_CASE("kernels_are_found_by_their_host_address_only") {
  play("a100");
  int local = 0;
  void* none = nullptr;
  CHECK(cudaLaunchKernel(&local, dim3(1), dim3(1), &none, 0, nullptr) ==
        cudaErrorInvalidDeviceFunction);
  check_one_report("no kernel of this program");
  const DeviceArray<> x(std::vector<float>{3});
  float factor = 4;
  int n = 1;
  float* data = x.data;
  void* arguments[] = {&data, &factor, &n};
  must(cudaLaunchKernel(probe::scale_kernel(), dim3(1), dim3(32), arguments, 0, nullptr));
  CHECK(x.values() == std::vector<float>{12});
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(1);
  config.blockDim = dim3(32);
  must(cudaLaunchKernelExC(&config, probe::scale_kernel(), arguments));
  CHECK(x.values() == std::vector<float>{48});
}

TEST_CASE("ptx_is_taken_uncompressed_too_and_from_the_nearest_architecture_below") {
  for (const char* const card : {"t4", "rtx4090", "h100", "rtx5090"}) {
    play(card);
    const DeviceArray<int> y(1);
    must(probe::uncompressed(y.data, nullptr));
    CHECK(y.values()[0] == probe::kUncompressed);
    check_no_report();
  }
}

TEST_CASE("ptx_packed_otherwise_is_refused_by_name") {
  play("t4");
  const DeviceArray<int> y(1);
  CHECK(probe::lz4(y.data, nullptr) != cudaSuccess);
  check_one_report("LZ4");
}

TEST_CASE("ptx_for_one_architecture_runs_on_that_one_alone") {
  play("h100");
  const DeviceArray<int> y(1);
  must(probe::hopper_only(y.data, nullptr));
  CHECK(y.values()[0] == probe::kHopperOnly);
  for (const char* const card : {"a100", "b200"}) {
    play(card);
    CHECK(probe::hopper_only(nullptr, nullptr) == cudaErrorNoKernelImageForDevice);
    check_one_report("found: compute_90a");
  }
}

TEST_CASE("occupancy_follows_threads_shared_memory_and_registers") {
  const auto blocks = [](const char* card, int threads, std::size_t shared) {
    play(card);
    if (shared > 49152) {
      must(cudaFuncSetAttribute(probe::reverse_kernel(),
                                cudaFuncAttributeMaxDynamicSharedMemorySize,
                                static_cast<int>(shared)));
    }
    int count = -1;
    must(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&count, probe::reverse_kernel(), threads,
                                                       shared));
    return count;
  };
  CHECK(blocks("h100", 1024, 0) == 2);     // 2,048 threads
  CHECK(blocks("t4", 1024, 0) == 1);       // 1,024 threads
  CHECK(blocks("h100", 32, 0) == 32);      // 32 blocks
  CHECK(blocks("t4", 32, 0) == 16);        // 16 blocks
  CHECK(blocks("h100", 128, 90000) == 2);  // 227 KB: 2 x 91,024
  CHECK(blocks("a100", 128, 90000) == 1);  // 163 KB
  CHECK(blocks("h100", 128, 232448) == 1);
}

TEST_CASE("a_mutation_of_the_ptx_changes_what_runs") {
  runtime::set_ptx_mutation([](const std::string& ptx) {
    std::string changed = ptx;
    const std::size_t at = changed.find(", 11;");
    if (at != std::string::npos) changed.replace(at, 5, ", 12;");
    return changed;
  });
  play("a100");
  {
    const DeviceArray<int> y(1);
    must(probe::uncompressed(y.data, nullptr));
    CHECK(y.values()[0] == 12);
  }
  runtime::set_ptx_mutation({});
  play("a100");
  const DeviceArray<int> y(1);
  must(probe::uncompressed(y.data, nullptr));
  CHECK(y.values()[0] == 11);
}

TEST_CASE("counts_are_exact") {
  play("a100");
  const DeviceArray<> x(std::vector<float>(100, 1.0f));
  const DeviceArray<> y(100);
  must(probe::copy(y.data, x.data, 100, nullptr));
  must(probe::copy(y.data, x.data, 100, nullptr));
  must(cudaDeviceSynchronize());
  const auto counts = runtime::counts();
  REQUIRE(counts.size() == 1);
  const KernelCounts& copy = counts.begin()->second;
  CHECK(counts.begin()->first.find("copy_kernel") != std::string::npos);
  CHECK(copy.launches == 2);
  CHECK(copy.blocks == 2);
  CHECK(copy.global_loaded == 800);
  CHECK(copy.global_stored == 800);
  CHECK(copy.allocations.at(1).loaded == 800);
  CHECK(copy.allocations.at(2).stored == 800);
  CHECK(runtime::totals().launches == 2);
}
