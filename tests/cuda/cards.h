// The simulated card that a test of the CUDA backend runs on.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/session.h"

namespace corticast::test {

// One of each instruction set that has PTX of its own.
inline const std::vector<std::string> kCards = {"t4", "a100", "h100"};

// Starts anew with `devices` such cards of tests/data/device_profiles, all checks on.
void play(const std::string& card, std::uint32_t devices = 1);

// CHECKs that nothing was reported since play().
void check_clean();

// Values on the simulated device; freed at the end.
template <typename T>
class OnDevice {
 public:
  explicit OnDevice(const std::vector<T>& values) : OnDevice(values.size()) {
    cudaMemcpy(data_, values.data(), size_ * sizeof(T), cudaMemcpyHostToDevice);
  }
  // Nothing written to it.
  explicit OnDevice(std::size_t size) : size_(size) {
    cudaMalloc(reinterpret_cast<void**>(&data_), size * sizeof(T));
  }
  ~OnDevice() { cudaFree(data_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

  T* get() const { return data_; }
  // Empty when the device or an earlier launch failed.
  std::vector<T> read() const {
    std::vector<T> values(size_);
    if (cudaMemcpy(values.data(), data_, size_ * sizeof(T), cudaMemcpyDeviceToHost) !=
        cudaSuccess) {
      return {};
    }
    return values;
  }

 private:
  std::size_t size_;
  T* data_ = nullptr;
};

}  // namespace corticast::test
