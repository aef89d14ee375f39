#include "tests/cuda_sim/runtime/progress.h"

#include <chrono>
#include <thread>

#include "tests/cuda_sim/runtime/queue.h"

namespace cuda_sim::runtime {
namespace {

// Long next to the calls of a program that does wait, so that its work stays as late as it can be.
constexpr std::chrono::milliseconds kPatience{200};

OperationPtr oldest_host_function(State& state) {
  OperationPtr oldest;
  for (const auto& device : state.devices) {
    for (const OperationPtr& pending : device->pending) {
      if (pending->state != Operation::State::kPending || !pending->work->host_function) continue;
      if (oldest == nullptr || pending->number < oldest->number) oldest = pending;
    }
  }
  return oldest;
}

void make_progress() {
  State& state = State::instance();
  for (;;) {
    std::this_thread::sleep_for(kPatience);
    const std::lock_guard<std::recursive_mutex> lock(state.mutex);
    const OperationPtr operation = oldest_host_function(state);
    if (operation == nullptr) {
      state.progressing = false;
      return;
    }
    this_thread().depth = 1;  // the lock is held once, as in a call of the API
    run(state, operation);
    this_thread().depth = 0;
  }
}

}  // namespace

void expect_progress(State& state) {
  if (state.progressing) return;
  state.progressing = true;
  std::thread(make_progress).detach();
}

}  // namespace cuda_sim::runtime
