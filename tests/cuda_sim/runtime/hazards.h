// Device memory that two operations touch, one of them writing, with nothing that orders the two:
// a wait for an event is missing. Found whatever order they happen to run in.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/touches.h"
#include "tests/cuda_sim/runtime/objects.h"

namespace cuda_sim::runtime {

class State;

// What an operation that has run did to device memory.
struct Touches {
  std::uint32_t chain = 0;
  std::uint64_t position = 0;
  std::string text;                 // describe(operation)
  std::vector<Memory::View> views;  // by copies, fills and libraries, on any device
  // By a kernel, on the operation's device: its serials and the allocations it touched.
  DeviceState* device = nullptr;
  Serials serials;
  std::vector<Memory::View> allocations;  // whole ones; written: some of it
};

// Notes what an operation does while it runs.
class TouchRecorder {
 public:
  TouchRecorder(State& state, const Operation& operation);
  ~TouchRecorder();
  TouchRecorder(const TouchRecorder&) = delete;
  TouchRecorder& operator=(const TouchRecorder&) = delete;
  // When it has run: reports conflicts with what ran before it and is not ordered before it.
  void finish();

 private:
  struct Traffic {
    std::uint64_t loaded, stored;
  };
  State& state_;
  const Operation& operation_;
  Touches touches_;
  std::uint32_t first_serial_ = 0;
  std::map<std::uint64_t, Traffic> before_;
};

// Forgets what all pending and future work is ordered after.
void forget_ordered_touches(State& state);

}  // namespace cuda_sim::runtime
