// Host data on the simulated device, through the public CUDA calls that a program would use.
#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace cuda_sim::test {

inline void must(cudaError_t error, const char* what) {
  if (error != cudaSuccess) {
    throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error));
  }
}

// cudaMalloc'ed, freed at the end. Copies block.
template <class T>
class DeviceArray {
 public:
  // Nothing written to it.
  explicit DeviceArray(std::size_t size) : size_(size) {
    must(cudaMalloc(reinterpret_cast<void**>(&data_), size * sizeof(T)), "cudaMalloc");
  }
  explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
    must(cudaMemcpy(data_, values.data(), size_ * sizeof(T), cudaMemcpyHostToDevice),
         "cudaMemcpy to the device");
    // Streams that do not wait for the default one may be used next.
    must(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  }
  // After a fault of a kernel this fails as every call does then; the session's reset frees all.
  ~DeviceArray() { static_cast<void>(cudaFree(data_)); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  T* get() const { return data_; }
  std::vector<T> download() const {
    std::vector<T> values(size_);
    must(cudaMemcpy(values.data(), data_, size_ * sizeof(T), cudaMemcpyDeviceToHost),
         "cudaMemcpy to the host");
    return values;
  }

 private:
  std::size_t size_;
  T* data_ = nullptr;
};

}  // namespace cuda_sim::test
