#include "tests/cuda_sim/runtime/library_work.h"

#include <stdexcept>

#include "tests/cuda_sim/runtime/queue.h"
#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

DeviceState* state_of(State& state, const Device& device) {
  for (const auto& candidate : state.devices) {
    if (&candidate->device == &device) return candidate.get();
  }
  return nullptr;
}

}  // namespace

cudaError_t enqueue(cudaStream_t stream, const std::string& name,
                    std::function<void(Device& device)> work) {
  return api(name.c_str(), [&](State& state) {
    Work queued;
    queued.name = name;
    queued.run = std::move(work);
    submit(state, state.stream(stream), std::move(queued));
    ++state.totals.library_calls;
  });
}

Device& device_of(cudaStream_t stream) {
  State& state = State::instance();
  const std::lock_guard<std::recursive_mutex> lock(state.mutex);
  try {
    return state.stream(stream).device->device;
  } catch (const ApiError&) {
    throw std::runtime_error("the stream is not alive or there is no device");
  }
}

void fail(Device& device, Fault fault, const std::string& where, const std::string& message) {
  State& state = State::instance();
  const std::lock_guard<std::recursive_mutex> lock(state.mutex);
  report(fault, where, message);
  if (DeviceState* const owner = state_of(state, device); owner != nullptr) {
    lose(*owner, cudaErrorLaunchFailure);
  }
}

void report(Device& /*device*/, Fault fault, const std::string& where, const std::string& message) {
  const std::lock_guard<std::recursive_mutex> lock(State::instance().mutex);
  report(fault, where, message);
}

std::unique_lock<std::recursive_mutex> lock_devices() {
  return std::unique_lock<std::recursive_mutex>(State::instance().mutex);
}

}  // namespace cuda_sim::runtime
