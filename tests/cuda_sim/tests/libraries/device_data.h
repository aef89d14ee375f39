// Device memory of the simulated runtime for tests: numbers in one of the three types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/cuda_sim/libraries/numbers.h"

namespace cuda_sim::test {

// Plays one or more cards of that profile ("a100"), with nothing left of the test before.
void play(const std::string& profile, std::uint32_t devices = 1);

// Messages of the reports so far, "[fault] place: message" each.
std::vector<std::string> report_lines();

// Small numbers with a short fraction, the same for the same seed; exact in all three types.
std::vector<float> short_numbers(std::size_t count, unsigned seed);
// Numbers in [-1, 1) with full float fractions.
std::vector<float> long_numbers(std::size_t count, unsigned seed);

// One cudaMalloc.
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t bytes);                       // never written
  DeviceArray(const std::vector<float>& values, DataType type);  // rounded to the type
  ~DeviceArray();
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  void* get() const { return pointer_; }
  template <typename T>
  T* as() const {
    return static_cast<T*>(pointer_);
  }
  std::byte* at(std::size_t bytes) const { return static_cast<std::byte*>(pointer_) + bytes; }
  void fill(unsigned char byte);  // waits for the device
  // Waits for the device. The first `count` numbers.
  std::vector<float> numbers(std::size_t count, DataType type) const;
  // Waits for the device and frees the memory, before the end of the scope.
  void release();

 private:
  std::size_t bytes_;
  void* pointer_ = nullptr;
};

}  // namespace cuda_sim::test
