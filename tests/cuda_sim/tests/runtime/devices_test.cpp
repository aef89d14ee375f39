#include <cstring>
#include <thread>

#include "tests/cuda_sim/runtime/profile.h"
#include "tests/cuda_sim/tests/runtime/played.h"
#include "tests/cuda_sim/tests/runtime/probe.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;

TEST_CASE("properties_come_from_the_profile") {
  play("t4");
  cudaDeviceProp properties{};
  must(cudaGetDeviceProperties(&properties, 0));
  CHECK(std::string(properties.name) == "Tesla T4 (simulated)");
  CHECK(properties.major == 7);
  CHECK(properties.minor == 5);
  CHECK(properties.multiProcessorCount == 40);
  CHECK(properties.sharedMemPerBlockOptin == 65536);
  CHECK(properties.totalGlobalMem == 16106127360);
  int value = 0;
  must(cudaDeviceGetAttribute(&value, cudaDevAttrMaxThreadsPerMultiProcessor, 0));
  CHECK(value == 1024);
  must(cudaDriverGetVersion(&value));
  CHECK(value == 13000);
  std::size_t free_bytes = 0;
  std::size_t total = 0;
  const DeviceArray<char> some(1 << 20);
  must(cudaMemGetInfo(&free_bytes, &total));
  CHECK(total == 16106127360);
  CHECK(free_bytes == total - (1 << 20));
  char id[16];
  must(cudaDeviceGetPCIBusId(id, sizeof id, 0));
  CHECK(std::string(id) == "0000:01:00.0");
}

TEST_CASE("a_machine_without_a_card_says_so") {
  play("t4", 0);
  int count = -1;
  CHECK(cudaGetDeviceCount(&count) == cudaErrorNoDevice);
  CHECK(count == 0);
  void* x = nullptr;
  CHECK(cudaMalloc(&x, 4) == cudaErrorNoDevice);
  CHECK(std::string(cudaGetErrorName(cudaErrorNoDevice)) == "cudaErrorNoDevice");
  check_no_report();
}

TEST_CASE("the_current_device_is_the_threads_own") {
  play("a100", 3);
  int count = 0;
  must(cudaGetDeviceCount(&count));
  CHECK(count == 3);
  must(cudaSetDevice(2));
  CHECK(cudaSetDevice(3) == cudaErrorInvalidDevice);
  int other = -1;
  std::thread([&] { static_cast<void>(cudaGetDevice(&other)); }).join();
  int mine = -1;
  must(cudaGetDevice(&mine));
  CHECK(other == 0);
  CHECK(mine == 2);
}

TEST_CASE("devices_have_memory_kernels_and_variables_of_their_own") {
  play("a100", 2);
  const DeviceArray<> first(std::vector<float>{1, 2});
  const float table[4] = {100, 100, 100, 100};
  must(probe::set_table(table, false, nullptr));
  must(cudaSetDevice(1));
  const DeviceArray<> second(std::vector<float>{3, 4});
  must(probe::scale(second.data, 1, 2, nullptr));
  CHECK(second.values() == std::vector<float>{3, 4});  // the table of device 0 was set
  // Between devices, as unified addressing allows.
  must(cudaMemcpy(second.data, first.data, 8, cudaMemcpyDefault));
  CHECK(second.values() == std::vector<float>{1, 2});
  must(cudaSetDevice(0));
  must(probe::scale(first.data, 1, 2, nullptr));
  CHECK(first.values() == std::vector<float>{101, 102});
  check_no_report();
  // A kernel of one device cannot reach the other's memory.
  must(probe::scale(second.data, 1, 2, nullptr));
  CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  check_one_report("[global");
}

TEST_CASE("memory_is_finite") {
  play("t4");
  void* most = nullptr;
  must(cudaMalloc(&most, 16'000'000'000));
  void* more = nullptr;
  CHECK(cudaMalloc(&more, 1'000'000'000) == cudaErrorMemoryAllocation);
  must(cudaFree(most));
  must(cudaMalloc(&more, 1'000'000'000));
  must(cudaFree(more));
  check_no_report();
  CHECK(runtime::totals().device_bytes_peak >= 16'000'000'000);
}

TEST_CASE("what_is_left_behind_is_listed") {
  play("a100");
  float* x = nullptr;
  void* host = nullptr;
  cudaStream_t stream = nullptr;
  cudaEvent_t event = nullptr;
  must(cudaMalloc(reinterpret_cast<void**>(&x), 64));
  must(cudaMallocHost(&host, 100));
  must(cudaStreamCreate(&stream));
  must(cudaEventCreate(&event));
  must(cudaMemsetAsync(x, 0, 64, stream));
  const std::vector<std::string> all = runtime::leaks();
  REQUIRE(all.size() == 5);
  CHECK(all[0].find("(cudaMalloc, 64 bytes) of device 0") != std::string::npos);
  CHECK(all[1].find("cudaMemsetAsync in stream") == 0);
  CHECK(all[2].find("(cudaMallocHost, 100 bytes)") != std::string::npos);
  CHECK(all[3].find("stream ") == 0);
  CHECK(all[4].find("event ") == 0);
  must(cudaStreamSynchronize(stream));
  must(cudaFree(x));
  must(cudaFreeHost(host));
  must(cudaEventDestroy(event));
  must(cudaStreamDestroy(stream));
  CHECK(runtime::leaks().empty());
  check_no_report();
}

TEST_CASE("profiles_that_cannot_be_played_are_refused_by_name") {
  const auto message = [](const std::string& json) -> std::string {
    try {
      runtime::parse_profile(json, "card.json");
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message("{").find("device profile card.json is not JSON") == 0);
  CHECK(message("[]").find("device profile card.json is not a JSON object") == 0);
  CHECK(message("{}") == "device profile card.json: \"warpSize\" is missing");
  CHECK(message(R"({"warpSize": 64})").find("warpSize") != std::string::npos);
  CHECK(message(R"({"warpSize": 32, "deviceName": 3})") ==
        "device profile card.json: \"deviceName\" is not a string");
  CHECK(message(R"({"warpSize": 32, "deviceName": "x", "deviceVer": -800})") ==
        "device profile card.json: \"deviceVer\" is not a non-negative integer");
  CHECK_THROWS_WITH(runtime::load_profile("no/such.json"),
                    "cannot read device profile no/such.json");
}
