#include "tests/cuda_sim/runtime/allocations.h"

#include <cuda_runtime_api.h>

#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/runtime/host_memory.h"
#include "tests/cuda_sim/runtime/queue.h"

namespace cuda_sim::runtime {
namespace {

// The live allocation that starts at the pointer and belongs to the program.
const Allocation& allocation_of(State& state, void* pointer, DeviceState** owner) {
  const auto address = reinterpret_cast<std::uint64_t>(pointer);
  *owner = state.owner(address);
  if (*owner == nullptr) {
    refuse(cudaErrorInvalidValue, Fault::kHost,
           "is given " + hexadecimal(address) + ", which is not device memory");
  }
  const Allocation* const found = (*owner)->device.memory().find(address);
  if (found == nullptr) {
    refuse(cudaErrorInvalidValue, Fault::kHost,
           "is given " + hexadecimal(address) + ", which is in no allocation");
  }
  if (!found->live) {
    refuse(cudaErrorInvalidValue, Fault::kHost, "frees " + found->describe() + " again");
  }
  if (found->address != address) {
    refuse(cudaErrorInvalidValue, Fault::kHost,
           "is given an address " + counted(address - found->address, "byte") +
               " after the start of " + found->describe());
  }
  return *found;
}

std::uint64_t allocate(State& state, DeviceState& device, std::uint64_t bytes, const char* name) {
  ++state.totals.device_allocations;
  if (state.failures.strikes_allocation(Failure::Kind::kDeviceAllocation)) {
    refuse(cudaErrorMemoryAllocation);
  }
  const std::uint64_t address = device.device.memory().allocate(bytes, name);
  if (address == 0) refuse(cudaErrorMemoryAllocation);
  state.count_memory();
  return address;
}

}  // namespace

void* allocate_device(State& state, std::uint64_t bytes, const char* name) {
  if (bytes == 0) return nullptr;
  return reinterpret_cast<void*>(allocate(state, state.current(), bytes, name));
}

void* allocate_host(State& state, std::uint64_t bytes, const char* name, unsigned flags) {
  constexpr unsigned kKnown = cudaHostAllocPortable | cudaHostAllocWriteCombined;
  if ((flags & ~kKnown) != 0) {
    refuse(cudaErrorNotSupported, Fault::kHost,
           "of its flags only portable and write-combined are simulated; kernels cannot use "
           "mapped host memory here");
  }
  if (bytes == 0) return nullptr;
  ++state.totals.pinned_allocations;
  if (state.failures.strikes_allocation(Failure::Kind::kPinnedAllocation)) {
    refuse(cudaErrorMemoryAllocation);
  }
  const Pinned* const pinned = allocate_pinned(state, bytes, name, flags);
  if (pinned == nullptr) refuse(cudaErrorMemoryAllocation);
  return pinned->begin;
}

void free_device(State& state, void* pointer) {
  if (pointer == nullptr) return;
  DeviceState* owner = nullptr;
  const Allocation& allocation = allocation_of(state, pointer, &owner);
  for (const OperationPtr& user : pending_users(state, allocation.address, allocation.bytes)) {
    if (!user->work->blocking_call) {
      report(Fault::kHost, "frees " + allocation.describe() + " while " + describe(*user) +
                               " is pending on it; synchronise first");
    }
    run(state, user);
    state.host.merge(user->clock);
  }
  owner->device.memory().free(allocation.address);
}

void free_host(State& state, void* pointer) {
  if (pointer == nullptr) return;
  const auto found = state.pinned.find(static_cast<std::byte*>(pointer));
  if (found == state.pinned.end() || found->second.registered) {
    refuse(cudaErrorInvalidValue, Fault::kHost,
           "is given memory that is not the start of a buffer of cudaMallocHost or cudaHostAlloc, "
           "or has been freed");
  }
  free_pinned(state, found->first);
}

void* allocate_in_stream(State& state, Stream& stream, std::uint64_t bytes) {
  if (stream.capture != nullptr) {
    stream.capture->invalid = true;
    refuse(cudaErrorNotSupported, Fault::kHost, "is not simulated under stream capture");
  }
  if (bytes == 0) return nullptr;
  const std::uint64_t address = allocate(state, *stream.device, bytes, "cudaMallocAsync");
  Work work;
  work.name = this_thread().call;
  work.run = [](Device&) {};
  work.device_memory = {address};
  const OperationPtr birth = submit(state, stream, std::move(work));
  stream.device->births[address] = birth;
  return reinterpret_cast<void*>(address);
}

void free_in_stream(State& state, Stream& stream, void* pointer) {
  if (pointer == nullptr) return;
  if (stream.capture != nullptr) {
    stream.capture->invalid = true;
    refuse(cudaErrorNotSupported, Fault::kHost, "is not simulated under stream capture");
  }
  DeviceState* owner = nullptr;
  const Allocation& allocation = allocation_of(state, pointer, &owner);
  const std::vector<OperationPtr> users =
      pending_users(state, allocation.address, allocation.bytes);
  Work work;
  work.name = this_thread().call;
  work.device_memory = {allocation.address};
  work.run = [&memory = owner->device.memory(), address = allocation.address](Device&) {
    memory.free(address);
  };
  const OperationPtr death = submit(state, stream, std::move(work));
  for (const OperationPtr& user : users) {
    if (death->follows(*user)) continue;
    report(Fault::kHost, "frees " + allocation.describe() + " in " + stream.name() +
                             ", which does not wait for the pending " + describe(*user));
  }
}

void register_host(State& state, void* pointer, std::uint64_t bytes, unsigned flags) {
  if (flags != cudaHostRegisterDefault && flags != cudaHostRegisterPortable) {
    refuse(cudaErrorNotSupported, Fault::kHost,
           "of its flags only cudaHostRegisterPortable is simulated");
  }
  if (pointer == nullptr || bytes == 0) {
    refuse(cudaErrorInvalidValue, Fault::kHost, "is given no memory");
  }
  auto* const begin = static_cast<std::byte*>(pointer);
  for (const auto& [start, pinned] : state.pinned) {
    if (start < begin + bytes && begin < start + pinned.bytes) {
      refuse(cudaErrorHostMemoryAlreadyRegistered, Fault::kHost,
             "is given memory of " + pinned.describe());
    }
  }
  ++state.totals.pinned_allocations;
  if (state.failures.strikes_allocation(Failure::Kind::kPinnedAllocation)) {
    refuse(cudaErrorMemoryAllocation);
  }
  Pinned& pinned = state.pinned[begin];
  pinned.begin = begin;
  pinned.bytes = bytes;
  pinned.number = ++state.pinned_count;
  pinned.name = this_thread().call;
  pinned.registered = true;
  pinned.flags = flags;
  pinned.device = this_thread().device;
}

void unregister_host(State& state, void* pointer) {
  const auto found = state.pinned.find(static_cast<std::byte*>(pointer));
  if (found == state.pinned.end() || !found->second.registered) {
    refuse(cudaErrorHostMemoryNotRegistered, Fault::kHost,
           "is given memory that cudaHostRegister was not given, or that was unregistered");
  }
  free_pinned(state, found->first);
}

void describe_pointer(State& state, const void* pointer, cudaPointerAttributes* attributes) {
  *attributes = {};
  const auto address = reinterpret_cast<std::uint64_t>(pointer);
  if (DeviceState* const owner = state.owner(address); owner != nullptr) {
    const Allocation* const allocation = owner->device.memory().find(address);
    if (allocation != nullptr && allocation->live) {
      attributes->type = cudaMemoryTypeDevice;
      attributes->device = static_cast<int>(owner->ordinal);
      attributes->devicePointer = const_cast<void*>(pointer);
      return;
    }
  }
  attributes->hostPointer = const_cast<void*>(pointer);
  attributes->device = -2;  // what CUDA says of memory it does not know
  if (const Pinned* const pinned = find_pinned(state, pointer, 1); pinned != nullptr) {
    attributes->type = cudaMemoryTypeHost;
    attributes->device = pinned->device;
  } else {
    attributes->type = cudaMemoryTypeUnregistered;
  }
}

}  // namespace cuda_sim::runtime
