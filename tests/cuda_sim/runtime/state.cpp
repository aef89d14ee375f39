#include "tests/cuda_sim/runtime/state.h"

#include <algorithm>
#include <new>

#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/runtime/capture.h"
#include "tests/cuda_sim/runtime/environment.h"
#include "tests/cuda_sim/runtime/host_memory.h"

namespace cuda_sim::runtime {

State& State::instance() {
  // Never destroyed: static destructors of the program may still call the runtime.
  static State* const state = new State;
  return *state;
}

State::State() {
  reset(setup_from_environment());
  for (const Failure& failure : failures_from_environment()) failures.add(failure);
  report_at_exit();
}

void State::reset(const Setup& wanted) {
  captures.clear();
  streams.clear();
  events.clear();
  graphs.clear();
  execs.clear();
  release_pinned(*this);
  touches.clear();
  devices.clear();
  reports.clear();
  failures.clear();
  totals = {};
  host = {};
  setup = wanted;
  ++generation;
  for (std::uint32_t i = 0; i < wanted.devices; ++i) {
    devices.push_back(std::make_unique<DeviceState>(wanted.profile, i, reports));
    devices.back()->device.checks = wanted.checks;
    devices.back()->legacy.chain = ++chains;
  }
}

ThreadState& this_thread() {
  thread_local ThreadState state;
  return state;
}

DeviceState& State::current() {
  if (devices.empty()) refuse(cudaErrorNoDevice);
  return *devices[static_cast<std::size_t>(this_thread().device)];
}

Stream& State::stream(cudaStream_t handle) {
  if (handle == nullptr || handle == cudaStreamLegacy) return current().legacy;
  if (handle == cudaStreamPerThread) {
    refuse(cudaErrorNotSupported, Fault::kHost,
           "the per-thread default stream is not simulated; use a stream of your own");
  }
  const auto found = streams.find(handle);
  if (found == nullptr) {
    refuse(cudaErrorInvalidResourceHandle, Fault::kHost, "is given " + streams.describe(handle));
  }
  return *found;
}

Event& State::event(cudaEvent_t handle) {
  const auto found = events.find(handle);
  if (found == nullptr) {
    refuse(cudaErrorInvalidResourceHandle, Fault::kHost, "is given " + events.describe(handle));
  }
  return *found;
}

Graph& State::graph(cudaGraph_t handle) {
  const auto found = graphs.find(handle);
  if (found == nullptr) {
    refuse(cudaErrorInvalidValue, Fault::kHost, "is given " + graphs.describe(handle));
  }
  return *found;
}

GraphExec& State::exec(cudaGraphExec_t handle) {
  const auto found = execs.find(handle);
  if (found == nullptr) {
    refuse(cudaErrorInvalidValue, Fault::kHost, "is given " + execs.describe(handle));
  }
  return *found;
}

DeviceState* State::owner(std::uint64_t address) {
  for (const auto& device : devices) {
    const Memory& memory = device->device.memory();
    if (address >= memory.base() && address < memory.end()) return device.get();
  }
  return nullptr;
}

LoadedModule& State::module(DeviceState& device, const FatBinary& binary) {
  auto& module = device.modules[&binary];
  if (module == nullptr) {
    module = std::make_unique<LoadedModule>(parsed.get(binary, device.device.profile().sm),
                                            device.device);
  }
  return *module;
}

void State::count_memory() {
  std::uint64_t used = 0;
  for (const auto& device : devices) used += device->device.memory().used();
  totals.device_bytes_peak = std::max(totals.device_bytes_peak, used);
}

void State::forget(const FatBinary& binary) {
  parsed.forget(&binary);
  for (const auto& device : devices) {
    std::erase_if(device->settings,
                  [&](const auto& item) { return item.first->binary == &binary; });
    device->modules.erase(&binary);
  }
}

void report(Fault fault, const std::string& where, const std::string& message) {
  Report found;
  found.fault = fault;
  found.where = where;
  found.message = message;
  State::instance().reports.add(std::move(found));
}

void report(Fault fault, const std::string& message) {
  report(fault, this_thread().call, message);
}

void refuse(cudaError_t code) {
  throw ApiError{code};
}

void refuse(cudaError_t code, Fault fault, const std::string& message) {
  report(fault, message);
  throw ApiError{code};
}

void lose(DeviceState& device, cudaError_t code) {
  if (device.sticky == cudaSuccess) device.sticky = code;
}

namespace detail {

void enter(State& state, const char* name, Needs needs) {
  ThreadState& thread = this_thread();
  if (thread.generation != state.generation) thread = ThreadState{};
  thread.generation = state.generation;
  ++thread.depth;
  thread.call = name;
  ++state.totals.calls;
  if (thread.in_host_function) {
    refuse(cudaErrorNotPermitted, Fault::kHost,
           "is called by a function that cudaLaunchHostFunc runs, which may not call CUDA");
  }
  if (needs == Needs::kNothing) return;
  DeviceState& device = state.current();
  if (state.failures.strikes(Failure::Kind::kCall)) lose(device, cudaErrorIllegalAddress);
  if (device.sticky != cudaSuccess) throw ApiError{device.sticky};
}

cudaError_t leave(State& /*state*/, cudaError_t code) {
  ThreadState& thread = this_thread();
  if (--thread.depth == 0) thread.call = "";
  if (code != cudaSuccess) thread.last_error = code;
  return code;
}

cudaError_t leave_with_exception(State& state) {
  try {
    throw;
  } catch (const ApiError& error) {
    return leave(state, error.code);
  } catch (const NoImage& error) {
    report(Fault::kLaunch, error.what());
    return leave(state, cudaErrorNoKernelImageForDevice);
  } catch (const std::bad_alloc&) {
    return leave(state, cudaErrorMemoryAllocation);
  } catch (const UnknownOpcode& error) {
    report(Fault::kLaunch, std::string("cannot be simulated: ") + error.what());
    return leave(state, cudaErrorNotSupported);
  } catch (const ptx::ParseError& error) {
    report(Fault::kLaunch, std::string("cannot be simulated: ") + error.what());
    return leave(state, cudaErrorInvalidPtx);
  } catch (const std::exception& error) {
    report(Fault::kHost, error.what());
    return leave(state, cudaErrorUnknown);
  }
}

}  // namespace detail

}  // namespace cuda_sim::runtime
