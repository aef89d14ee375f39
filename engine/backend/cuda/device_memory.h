// All memory of a program, planned by name before any of it is allocated: the only place that calls
// cudaMalloc and cudaMallocHost. One allocation for each named buffer, so that tools which watch
// bounds see every buffer's end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace corticast::cuda {

enum class Space {
  kDevice,
  kPinned,  // of the host, reachable by the device's copy engines
};

// A buffer's number in its plan.
using BufferId = std::size_t;

class MemoryPlan {
 public:
  struct Buffer {
    std::string name;  // "activations, even": for people
    std::uint64_t bytes;
    Space space;
  };

  BufferId add(std::string name, std::uint64_t bytes, Space space);

  const std::vector<Buffer>& buffers() const { return buffers_; }
  std::uint64_t total(Space space) const;

 private:
  std::vector<Buffer> buffers_;
};

// Allocates a plan on the current device; frees it on that device.
class DeviceMemory {
 public:
  // Throws Error{kDevice} with the buffer that did not fit, the sum planned and what is free.
  explicit DeviceMemory(const MemoryPlan& plan);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  template <typename T>
  T* at(BufferId id) const {
    return static_cast<T*>(blocks_.at(id).data);
  }

 private:
  struct Block {
    void* data;
    Space space;
  };

  void release();

  int device_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace corticast::cuda
