// What the runtime's tests share: a card that is played, and owners of the API's objects.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/session.h"

namespace cuda_sim::test {

// Starts anew with such cards (a file of tests/data/device_profiles).
void play(const std::string& card, std::uint32_t devices = 1,
          runtime::Schedule schedule = runtime::Schedule::kLate);

// Fails the test unless the code is cudaSuccess.
void must(cudaError_t code);

// Of device memory, floats by default.
template <class T = float>
struct DeviceArray {
  T* data = nullptr;
  std::size_t count;

  explicit DeviceArray(std::size_t n) : count(n) {
    must(cudaMalloc(reinterpret_cast<void**>(&data), bytes()));
  }
  explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
    must(cudaMemcpy(data, values.data(), bytes(), cudaMemcpyHostToDevice));
  }
  ~DeviceArray() { static_cast<void>(cudaFree(data)); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  std::size_t bytes() const { return count * sizeof(T); }
  std::vector<T> values() const {
    std::vector<T> host(count);
    must(cudaMemcpy(host.data(), data, bytes(), cudaMemcpyDeviceToHost));
    return host;
  }
};

struct Pinned {
  float* data = nullptr;
  std::size_t count;

  explicit Pinned(std::size_t n, float value = 0) : count(n) {
    must(cudaMallocHost(reinterpret_cast<void**>(&data), bytes()));
    for (std::size_t i = 0; i < count; ++i) data[i] = value;
  }
  ~Pinned() { static_cast<void>(cudaFreeHost(data)); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

  std::size_t bytes() const { return count * sizeof(float); }
};

struct Stream {
  cudaStream_t handle = nullptr;

  explicit Stream(unsigned flags = cudaStreamNonBlocking) {
    must(cudaStreamCreateWithFlags(&handle, flags));
  }
  ~Stream() { static_cast<void>(cudaStreamDestroy(handle)); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator cudaStream_t() const { return handle; }
};

struct Event {
  cudaEvent_t handle = nullptr;

  Event() { must(cudaEventCreateWithFlags(&handle, cudaEventDisableTiming)); }
  ~Event() { static_cast<void>(cudaEventDestroy(handle)); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  operator cudaEvent_t() const { return handle; }
};

// Each report as one line.
std::vector<std::string> report_lines();
// Exactly one report, whose line contains the text.
void check_one_report(const std::string& text);
void check_no_report();

}  // namespace cuda_sim::test
