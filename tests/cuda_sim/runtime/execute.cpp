#include "tests/cuda_sim/runtime/execute.h"

#include <exception>

#include "tests/cuda_sim/runtime/hazards.h"
#include "tests/cuda_sim/runtime/host_memory.h"
#include "tests/cuda_sim/runtime/queue.h"

namespace cuda_sim::runtime {
namespace {

cudaError_t sticky_code(Fault fault) {
  switch (fault) {
    case Fault::kGlobalBounds:
    case Fault::kSharedBounds:
    case Fault::kLocalBounds:
    case Fault::kParameterBounds:
    case Fault::kReadOnlyWrite:
      return cudaErrorIllegalAddress;
    case Fault::kMisaligned:
      return cudaErrorMisalignedAddress;
    case Fault::kDeadlock:
    case Fault::kBarrierDivergence:
    case Fault::kEarlyExit:
      return cudaErrorLaunchTimeout;
    default:
      return cudaErrorLaunchFailure;
  }
}

// The program's own function: runs without the lock, so that it may wait for other threads, and
// with a mark on the thread, so that a call of CUDA from it is noticed.
void run_host_function(State& state, const Operation& operation) {
  ThreadState& thread = this_thread();
  const int depth = thread.depth;
  for (int i = 0; i < depth; ++i) state.mutex.unlock();
  thread.in_host_function = true;
  std::exception_ptr thrown;
  try {
    operation.work->run(operation.device->device);
  } catch (...) {
    thrown = std::current_exception();
  }
  thread.in_host_function = false;
  for (int i = 0; i < depth; ++i) state.mutex.lock();
  if (thrown != nullptr) std::rethrow_exception(thrown);
}

void run_work(State& state, Operation& operation) {
  DeviceState& owner = *operation.device;
  try {
    check_host_memory(operation);
    if (operation.work->host_function) {
      // The program has seen what comes before it, and may go by that.
      state.host.merge(operation.clock);
      run_host_function(state, operation);
    } else if (owner.device.checks.enabled) {
      TouchRecorder recorder(state, operation);
      operation.work->run(owner.device);
      recorder.finish();
    } else {
      operation.work->run(owner.device);
    }
  } catch (const KernelFault& fault) {
    lose(owner, sticky_code(fault.fault));
  } catch (const ApiError& error) {
    lose(owner, error.code);
  } catch (const std::exception& error) {
    report(Fault::kHost, describe(operation), error.what());
    lose(owner, cudaErrorLaunchFailure);
  }
}

}  // namespace

void execute(State& state, Operation& operation) {
  if (operation.state == Operation::State::kRunning) {
    // A host function on another thread, which has let go of the lock.
    state.operation_done.wait(state.mutex,
                              [&] { return operation.state == Operation::State::kDone; });
    return;
  }
  operation.state = Operation::State::kRunning;
  if (operation.work->run && operation.device->sticky == cudaSuccess) run_work(state, operation);
  operation.state = Operation::State::kDone;
  operation.after.clear();
  operation.expectations.clear();
  operation.finished = std::chrono::steady_clock::now();
  if (operation.work->host_function) state.operation_done.notify_all();
}

}  // namespace cuda_sim::runtime
