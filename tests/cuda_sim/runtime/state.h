// All of the simulated runtime's state, behind one lock, and the frame in which every entry point
// of the API runs.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/failures.h"
#include "tests/cuda_sim/runtime/handles.h"
#include "tests/cuda_sim/runtime/hazards.h"
#include "tests/cuda_sim/runtime/objects.h"
#include "tests/cuda_sim/runtime/session.h"

namespace cuda_sim::runtime {

// Ends an API call with an error code.
struct ApiError {
  cudaError_t code;
};

class State {
 public:
  // Made on first use, from the environment (environment.h); never destroyed.
  static State& instance();

  void reset(const Setup& setup);

  std::recursive_mutex mutex;
  std::condition_variable_any operation_done;

  Setup setup;
  std::uint64_t generation = 0;  // resets so far
  Reports reports;
  Totals totals;
  FailurePlan failures;
  ParsedModules parsed;
  std::vector<std::unique_ptr<DeviceState>> devices;
  Handles<cudaStream_t, Stream> streams{"stream", 1};
  Handles<cudaEvent_t, Event> events{"event", 2};
  Handles<cudaGraph_t, Graph> graphs{"graph", 3};
  Handles<cudaGraphExec_t, GraphExec> execs{"executable graph", 4};
  std::map<const std::byte*, Pinned> pinned;
  std::uint64_t pinned_count = 0;
  std::vector<std::shared_ptr<Capture>> captures;  // under way
  std::deque<Touches> touches;  // hazards.h: of operations that have run, oldest first
  Clock host;                   // what the host has waited for
  std::uint64_t operations = 0;
  std::uint32_t chains = 0;
  bool progressing = false;  // progress.h

  // The calling thread's; ApiError(cudaErrorNoDevice) when there is none.
  DeviceState& current();
  // Of an API argument; reports and throws ApiError for handles that are not alive.
  Stream& stream(cudaStream_t handle);
  Event& event(cudaEvent_t handle);
  Graph& graph(cudaGraph_t handle);
  GraphExec& exec(cudaGraphExec_t handle);
  // The device whose memory range holds the address, or null.
  DeviceState* owner(std::uint64_t address);
  LoadedModule& module(DeviceState& device, const FatBinary& binary);
  void count_memory();
  void forget(const FatBinary& binary);  // its object is being unloaded

 private:
  State();
};

// Per thread.
struct ThreadState {
  std::uint64_t generation = 0;
  int device = 0;
  cudaError_t last_error = cudaSuccess;
  const char* call = "";          // the API function under way
  bool in_host_function = false;  // run by cudaLaunchHostFunc
  int depth = 0;                  // of API calls
};
ThreadState& this_thread();

// Ends the call. Without a message: an error that a careful program handles (out of memory). With
// one: a mistake, which is also reported.
[[noreturn]] void refuse(cudaError_t code);
[[noreturn]] void refuse(cudaError_t code, Fault fault, const std::string& message);
// For pointers that a call answers through.
inline void require(const void* result) {
  if (result == nullptr) {
    refuse(cudaErrorInvalidValue, Fault::kHost, "is given a null pointer for its result");
  }
}
void report(Fault fault, const std::string& message);
void report(Fault fault, const std::string& where, const std::string& message);
void lose(DeviceState& device, cudaError_t code);  // sets the sticky error if none is set

enum class Needs : std::uint8_t { kDevice, kNothing };

// Runs an API function's body (State&) under the lock and turns its outcome into the code that the
// function returns, remembering it for cudaGetLastError.
namespace detail {
void enter(State& state, const char* name, Needs needs);
cudaError_t leave(State& state, cudaError_t code);
cudaError_t leave_with_exception(State& state);
}  // namespace detail

template <class Body>
cudaError_t api(const char* name, Needs needs, Body&& body) {
  State& state = State::instance();
  const std::lock_guard<std::recursive_mutex> lock(state.mutex);
  try {
    detail::enter(state, name, needs);
    body(state);
    return detail::leave(state, cudaSuccess);
  } catch (...) {
    return detail::leave_with_exception(state);
  }
}
template <class Body>
cudaError_t api(const char* name, Body&& body) {
  return api(name, Needs::kDevice, std::forward<Body>(body));
}

}  // namespace cuda_sim::runtime
