#include "tests/cuda_sim/runtime/queue.h"

#include <algorithm>
#include <deque>

#include "tests/cuda_sim/runtime/capture.h"
#include "tests/cuda_sim/runtime/execute.h"
#include "tests/cuda_sim/runtime/host_memory.h"
#include "tests/cuda_sim/runtime/progress.h"

namespace cuda_sim::runtime {
namespace {

void add_dependency(Operation& operation, const OperationPtr& before) {
  if (before == nullptr) return;
  operation.clock.merge(before->clock);
  if (before->state == Operation::State::kDone) return;
  if (std::find(operation.after.begin(), operation.after.end(), before) == operation.after.end()) {
    operation.after.push_back(before);
  }
}

// What the stream's next operation comes after: its own last one and, by the rules of the legacy
// default stream, that of the default stream or, for the default stream, of every blocking stream.
void add_stream_order(State& state, const Stream& stream, Operation& operation) {
  add_dependency(operation, stream.last);
  DeviceState& device = *stream.device;
  if (&stream == &device.legacy) {
    for (const auto& [number, other] : state.streams.all()) {
      if (other->device == &device && other->blocking()) add_dependency(operation, other->last);
    }
    // Destroyed streams too: their work may still be pending.
    operation.clock.merge(device.retired);
    for (const OperationPtr& pending : device.pending) {
      if (pending->blocking) add_dependency(operation, pending);
    }
  } else if (stream.blocking()) {
    add_dependency(operation, device.legacy.last);
  }
}

OperationPtr make_operation(State& state, const Stream& stream, std::shared_ptr<const Work> work) {
  auto operation = std::make_shared<Operation>();
  operation->work = std::move(work);
  operation->device = stream.device;
  operation->stream = stream.name();
  operation->blocking = stream.blocking();
  operation->number = ++state.operations;
  operation->clock.merge(state.host);
  return operation;
}

// Memory of cudaMallocAsync is there once that has had its turn.
void report_unborn_memory(const Operation& operation) {
  const auto& births = operation.device->births;
  for (const std::uint64_t address : operation.work->device_memory) {
    const auto after = births.upper_bound(address);
    if (after == births.begin()) continue;
    const Allocation* const allocation = operation.device->device.memory().find(address);
    const auto& [start, birth] = *std::prev(after);
    if (allocation == nullptr || allocation->address != start || operation.follows(*birth)) {
      continue;
    }
    report(Fault::kHost, describe(operation),
           "uses " + allocation->describe() + " and does not come after " + describe(*birth));
  }
}

void queue(State& state, const OperationPtr& operation, std::uint32_t chain,
           std::uint64_t position) {
  operation->chain = chain;
  operation->position = position;
  operation->clock.see(chain, position);
  report_unborn_memory(*operation);
  expect_host_memory(state, *operation);
  std::deque<OperationPtr>& pending = operation->device->pending;
  while (!pending.empty() && pending.front()->state == Operation::State::kDone) {
    pending.pop_front();
  }
  pending.push_back(operation);
  if (operation->work->host_function) expect_progress(state);
}

void finish_submission(State& state, const OperationPtr& operation) {
  if (state.setup.schedule == Schedule::kAtOnce) run(state, operation);
}

}  // namespace

std::string describe(const Operation& operation) {
  return operation.work->name + " in " + operation.stream;
}

OperationPtr submit(State& state, Stream& stream, Work work,
                    const std::vector<OperationPtr>& also) {
  if (stream.capture != nullptr) {
    record_node(stream, std::move(work));
    return nullptr;
  }
  refuse_implicit_order(state, stream);
  OperationPtr operation =
      make_operation(state, stream, std::make_shared<const Work>(std::move(work)));
  add_stream_order(state, stream, *operation);
  for (const OperationPtr& before : also) add_dependency(*operation, before);
  queue(state, operation, stream.chain, ++stream.position);
  stream.last = operation;
  finish_submission(state, operation);
  return operation;
}

void submit_replay(State& state, Stream& stream, GraphExec& exec) {
  refuse_implicit_order(state, stream);
  // The replay starts and ends in the stream; between, each node continues the chain of its first
  // predecessor unless another node has, and opens a chain of the exec's otherwise.
  const auto order = std::make_shared<const Work>(marker("cudaGraphLaunch"));
  const OperationPtr begin = make_operation(state, stream, order);
  add_stream_order(state, stream, *begin);
  add_dependency(*begin, exec.last);
  queue(state, begin, stream.chain, ++stream.position);

  std::vector<OperationPtr> operations;
  std::vector<bool> continued(exec.nodes.size(), false);
  std::size_t opened = 0;
  for (const GraphNode& node : exec.nodes) {
    OperationPtr operation = make_operation(state, stream, node.work);
    for (const std::size_t i : node.after) add_dependency(*operation, operations[i]);
    if (node.after.empty()) add_dependency(*operation, begin);
    std::uint32_t chain = 0;
    if (!node.after.empty() && !continued[node.after.front()]) {
      chain = operations[node.after.front()]->chain;
      continued[node.after.front()] = true;
    } else {
      if (opened == exec.chains.size()) exec.chains.push_back(++state.chains);
      chain = exec.chains[opened++];
    }
    // Larger than any position before it in the chain, which earlier replays have used too.
    queue(state, operation, chain, operation->number);
    operations.push_back(std::move(operation));
  }

  OperationPtr end = make_operation(state, stream, order);
  add_dependency(*end, begin);
  for (const OperationPtr& operation : operations) add_dependency(*end, operation);
  queue(state, end, stream.chain, ++stream.position);
  stream.last = end;
  exec.last = end;
  finish_submission(state, end);
}

namespace {

// The next operation on the way to `target` that can run; null when target is done.
OperationPtr next_ready(State& state, const OperationPtr& target) {
  if (target == nullptr || target->state == Operation::State::kDone) return nullptr;
  OperationPtr at = target;
  for (;;) {
    const auto pending = [](const OperationPtr& o) { return o->state != Operation::State::kDone; };
    OperationPtr before;
    if (state.setup.schedule == Schedule::kProducersFirst) {
      const auto found = std::find_if(at->after.rbegin(), at->after.rend(), pending);
      if (found != at->after.rend()) before = *found;
    } else {
      const auto found = std::find_if(at->after.begin(), at->after.end(), pending);
      if (found != at->after.end()) before = *found;
    }
    if (before == nullptr) return at;
    at = std::move(before);
  }
}

}  // namespace

void run(State& state, const OperationPtr& operation) {
  while (const OperationPtr next = next_ready(state, operation)) execute(state, *next);
}

bool poll(State& state, const OperationPtr& operation) {
  const OperationPtr next = next_ready(state, operation);
  if (next == nullptr) return true;
  execute(state, *next);
  return false;
}

void wait(State& state, const OperationPtr& operation) {
  if (operation == nullptr) return;
  run(state, operation);
  state.host.merge(operation->clock);
  forget_ordered_touches(state);
  if (operation->device->sticky != cudaSuccess) throw ApiError{operation->device->sticky};
}

void wait_stream(State& state, Stream& stream) {
  if (&stream == &stream.device->legacy) {
    // Waiting for the default stream waits for the blocking streams too.
    wait(state, submit(state, stream, marker("synchronisation")));
  } else {
    wait(state, stream.last);
  }
}

void wait_device(State& state, DeviceState& device) {
  while (!device.pending.empty()) {
    const OperationPtr operation = device.pending.front();
    run(state, operation);
    state.host.merge(operation->clock);
    if (!device.pending.empty() && device.pending.front() == operation) {
      device.pending.pop_front();
    }
  }
  // Done ones that have left the queue lie before the streams' last.
  for (const auto& [number, stream] : state.streams.all()) {
    if (stream->device == &device && stream->last != nullptr) {
      state.host.merge(stream->last->clock);
    }
  }
  if (device.legacy.last != nullptr) state.host.merge(device.legacy.last->clock);
  state.host.merge(device.retired);
  forget_ordered_touches(state);
  if (device.sticky != cudaSuccess) throw ApiError{device.sticky};
}

std::vector<OperationPtr> pending_users(State& state, std::uint64_t begin, std::uint64_t bytes) {
  std::vector<OperationPtr> users;
  for (const auto& device : state.devices) {
    for (const OperationPtr& operation : device->pending) {
      if (operation->state == Operation::State::kDone) continue;
      const auto& addresses = operation->work->device_memory;
      if (std::any_of(addresses.begin(), addresses.end(), [&](std::uint64_t address) {
            return address >= begin && address - begin < bytes;
          })) {
        users.push_back(operation);
      }
    }
  }
  return users;
}

}  // namespace cuda_sim::runtime
