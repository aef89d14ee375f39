#include "tests/cuda_sim/runtime/session.h"

#include <algorithm>

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

template <class Body>
auto locked(Body&& body) {
  State& state = State::instance();
  const std::lock_guard<std::recursive_mutex> lock(state.mutex);
  return body(state);
}

void list_memory(const DeviceState& device, std::vector<std::string>* lines) {
  Memory& memory = const_cast<DeviceState&>(device).device.memory();
  for (const auto& [address, allocation] : memory.allocations()) {
    // Variables of modules belong to the module.
    if (!allocation.live || allocation.name.rfind("variable ", 0) == 0) continue;
    lines->push_back(allocation.describe() + " of device " + std::to_string(device.ordinal));
  }
}

template <class Objects>
void list_objects(const Objects& objects, const char* kind, std::vector<std::string>* lines) {
  for (const auto& [number, object] : objects.all()) {
    // Nothing can be destroyed on a device that is lost.
    if (object->device->sticky != cudaSuccess) continue;
    lines->push_back(std::string(kind) + " " + std::to_string(number));
  }
}

}  // namespace

void reset(const Setup& setup) {
  locked([&](State& state) { state.reset(setup); });
}

void set_schedule(Schedule schedule) {
  locked([&](State& state) { state.setup.schedule = schedule; });
}

std::vector<Report> reports() {
  return locked([](State& state) { return state.reports.all(); });
}

void clear_reports() {
  locked([](State& state) { state.reports.clear(); });
}

std::map<std::string, KernelCounts> counts(std::uint32_t device) {
  return locked([&](State& state) { return state.devices.at(device)->device.counts(); });
}

Totals totals() {
  return locked([](State& state) { return state.totals; });
}

void fail_at(Failure failure) {
  locked([&](State& state) { state.failures.add(failure); });
}

std::vector<std::string> leaks() {
  return locked([](State& state) {
    std::vector<std::string> lines;
    bool lost = false;
    for (const auto& device : state.devices) {
      if (device->sticky != cudaSuccess) {
        lost = true;
        continue;
      }
      list_memory(*device, &lines);
      for (const OperationPtr& pending : device->pending) {
        if (pending->state == Operation::State::kDone || !pending->work->run) continue;
        lines.push_back(pending->work->name + " in " + pending->stream +
                        ", queued and never waited for");
      }
    }
    if (!lost) {
      for (const auto& [begin, pinned] : state.pinned) lines.push_back(pinned.describe());
    }
    list_objects(state.streams, "stream", &lines);
    list_objects(state.events, "event", &lines);
    list_objects(state.graphs, "graph", &lines);
    list_objects(state.execs, "executable graph", &lines);
    return lines;
  });
}

void set_ptx_mutation(std::function<std::string(const std::string& ptx)> mutation) {
  locked([&](State& state) { state.parsed.set_mutation(std::move(mutation)); });
}

}  // namespace cuda_sim::runtime
