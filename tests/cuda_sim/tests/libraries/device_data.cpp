#include "tests/cuda_sim/tests/libraries/device_data.h"

#include <cuda_runtime_api.h>

#include <random>

#include "tests/cuda_sim/runtime/profile.h"
#include "tests/cuda_sim/runtime/session.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {

void play(const std::string& profile, std::uint32_t devices) {
  runtime::Setup setup;
  setup.profile = runtime::load_profile(std::string(CORTICAST_TEST_DATA) + "/device_profiles/" +
                                        profile + ".json");
  setup.devices = devices;
  runtime::reset(setup);
}

std::vector<std::string> report_lines() {
  std::vector<std::string> lines;
  for (const Report& report : runtime::reports()) lines.push_back(to_string(report));
  return lines;
}

std::vector<float> short_numbers(std::size_t count, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<float> numbers(count);
  for (float& number : numbers)
    number = static_cast<float>(static_cast<int>(random() % 33U) - 16) / 16.0F;
  return numbers;
}

std::vector<float> long_numbers(std::size_t count, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<float> numbers(count);
  for (float& number : numbers)
    number = static_cast<float>(random() % (1U << 24)) * 0x1p-23F - 1.0F;
  return numbers;
}

DeviceArray::DeviceArray(std::size_t bytes) : bytes_(bytes) {
  REQUIRE(cudaMalloc(&pointer_, bytes_) == cudaSuccess);
}

DeviceArray::DeviceArray(const std::vector<float>& values, DataType type)
    : DeviceArray(values.size() * bytes_of(type)) {
  std::vector<std::byte> bytes(bytes_);
  for (std::size_t i = 0; i < values.size(); ++i)
    store_number(type, values[i], bytes.data() + i * bytes_of(type));
  REQUIRE(cudaMemcpy(pointer_, bytes.data(), bytes_, cudaMemcpyHostToDevice) == cudaSuccess);
  // The copy may still be on its way from a staging buffer, and other streams do not wait for it.
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
}

DeviceArray::~DeviceArray() {
  release();
}

void DeviceArray::fill(unsigned char byte) {
  REQUIRE(cudaMemset(pointer_, byte, bytes_) == cudaSuccess);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
}

std::vector<float> DeviceArray::numbers(std::size_t count, DataType type) const {
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  std::vector<std::byte> bytes(count * bytes_of(type));
  REQUIRE(cudaMemcpy(bytes.data(), pointer_, bytes.size(), cudaMemcpyDeviceToHost) == cudaSuccess);
  std::vector<float> numbers(count);
  for (std::size_t i = 0; i < count; ++i)
    numbers[i] = load_number(type, bytes.data() + i * bytes_of(type));
  return numbers;
}

void DeviceArray::release() {
  if (pointer_ == nullptr) return;
  cudaDeviceSynchronize();
  cudaFree(pointer_);
  pointer_ = nullptr;
}

}  // namespace cuda_sim::test
