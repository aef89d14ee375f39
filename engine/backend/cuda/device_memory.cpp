#include "engine/backend/cuda/device_memory.h"

#include <utility>

#include "engine/backend/cuda/check.h"

namespace corticast::cuda {
namespace {

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1u << 20) - 1) >> 20) + " MiB";
}

[[noreturn]] void fail(const MemoryPlan& plan, const MemoryPlan::Buffer& buffer,
                       cudaError_t status) {
  const bool device = buffer.space == Space::kDevice;
  std::string message = std::string(device ? "device" : "pinned host") + " memory for '" +
                        buffer.name + "' (" + mebibytes(buffer.bytes) + " of " +
                        mebibytes(plan.total(buffer.space)) +
                        " in all) could not be had: " + to_string(status);
  std::size_t free = 0;
  std::size_t total = 0;
  if (device && cudaMemGetInfo(&free, &total) == cudaSuccess) {
    message += "; " + mebibytes(free) + " of " + mebibytes(total) + " are free now";
  }
  throw Error(ErrorCode::kDevice, message,
              device ? "Use a smaller --batch, fewer subjects, a device with more free memory, or "
                       "--device cpu."
                     : "Use a smaller --batch or fewer subjects, or raise the limit of locked "
                       "memory.");
}

}  // namespace

BufferId MemoryPlan::add(std::string name, std::uint64_t bytes, Space space) {
  buffers_.push_back({std::move(name), bytes, space});
  return buffers_.size() - 1;
}

std::uint64_t MemoryPlan::total(Space space) const {
  std::uint64_t sum = 0;
  for (const Buffer& buffer : buffers_) sum += buffer.space == space ? buffer.bytes : 0;
  return sum;
}

DeviceMemory::DeviceMemory(const MemoryPlan& plan) {
  check(cudaGetDevice(&device_), "asking for the current device");
  blocks_.reserve(plan.buffers().size());
  for (const MemoryPlan::Buffer& buffer : plan.buffers()) {
    void* data = nullptr;
    const cudaError_t status = buffer.bytes == 0 ? cudaSuccess
                               : buffer.space == Space::kDevice
                                   ? cudaMalloc(&data, buffer.bytes)
                                   : cudaMallocHost(&data, buffer.bytes);
    if (status != cudaSuccess) {
      cudaGetLastError();  // so that no later call reports it again
      release();
      fail(plan, buffer, status);
    }
    blocks_.push_back({data, buffer.space});
  }
}

DeviceMemory::~DeviceMemory() {
  release();
}

void DeviceMemory::release() {
  cudaSetDevice(device_);
  for (const Block& block : blocks_) {
    if (block.space == Space::kDevice) {
      cudaFree(block.data);
    } else {
      cudaFreeHost(block.data);
    }
  }
  blocks_.clear();
}

}  // namespace corticast::cuda
