// What a stream holds: operations that have been queued and run when something needs them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/clock.h"

namespace cuda_sim {
class Device;
}

namespace cuda_sim::runtime {

struct DeviceState;

// Pinned host memory that an operation reads or writes.
struct HostUse {
  std::byte* begin = nullptr;
  std::uint64_t bytes = 0;
  bool written = false;  // by the operation
};

// What an operation does, whether queued now or recorded into a graph to be queued at each replay.
struct Work {
  std::string name;                          // "cudaMemcpyAsync", the kernel's name
  std::function<void(Device& device)> run;   // empty: a marker (event, wait)
  std::vector<HostUse> host;                 // pinned memory only
  std::vector<std::uint64_t> device_memory;  // addresses in device memory that it was given
  bool blocking_call = false;                // of a call that seems to wait: cudaMemcpy, cudaMemset
  bool host_function = false;                // runs without the lock, may not call the runtime
};

// An operation that only takes part in the order.
inline Work marker(const char* name) {
  Work work;
  work.name = name;
  return work;
}

struct Operation {
  enum class State : std::uint8_t { kPending, kRunning, kDone };

  std::shared_ptr<const Work> work;
  DeviceState* device = nullptr;
  std::string stream;        // "stream 3"
  bool blocking = false;     // in a stream that the default stream waits for
  std::uint64_t number = 0;  // in order of submission
  State state = State::kPending;
  // Pending ones, the stream's own predecessor first. Emptied when done.
  std::vector<std::shared_ptr<Operation>> after;

  std::uint32_t chain = 0;
  std::uint64_t position = 0;
  Clock clock;  // this operation's own position included
  bool follows(const Operation& other) const { return clock.has_seen(other.chain, other.position); }

  // Of work->host, parallel to it: how the bytes must look when the operation runs.
  struct Expectation {
    bool checked = false;
    std::uint64_t checksum = 0;
  };
  std::vector<Expectation> expectations;
  std::chrono::steady_clock::time_point finished;
};
using OperationPtr = std::shared_ptr<Operation>;

}  // namespace cuda_sim::runtime
