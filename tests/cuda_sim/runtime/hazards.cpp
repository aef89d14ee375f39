#include "tests/cuda_sim/runtime/hazards.h"

#include <algorithm>

#include "tests/cuda_sim/runtime/queue.h"
#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

using View = Memory::View;

// So many operations are looked back at; a program that waits now and then has far fewer pending.
constexpr std::size_t kMemory = 512;

bool overlap(const View& a, const View& b) {
  return a.address < b.address + b.bytes && b.address < a.address + a.bytes;
}

// One byte of a conflict: what the earlier operation did to it and what the later one did.
struct Conflict {
  std::uint64_t address;
  bool earlier_wrote;
  bool later_wrote;
};

std::optional<Conflict> between_views(const Touches& earlier, const Touches& later) {
  for (const View& a : earlier.views) {
    for (const View& b : later.views) {
      if ((a.written || b.written) && overlap(a, b)) {
        return Conflict{std::max(a.address, b.address), a.written, b.written};
      }
    }
  }
  return std::nullopt;
}

// Views of one against the kernel of the other. The result's `written` is the kernel's.
std::optional<std::pair<TouchedByte, const View*>> views_and_kernel(const Touches& views,
                                                                    const Touches& kernel) {
  if (kernel.serials.empty()) return std::nullopt;
  for (const View& view : views.views) {
    for (const View& allocation : kernel.allocations) {
      if (!overlap(view, allocation) || (!view.written && !allocation.written)) continue;
      const auto found = find_touch(kernel.device->device.memory(), view.address, view.bytes,
                                    kernel.serials, !view.written);
      if (found) return std::pair{*found, &view};
    }
  }
  return std::nullopt;
}

std::optional<Conflict> between_kernels(const Touches& earlier, const Touches& later) {
  if (earlier.device != later.device) return std::nullopt;
  for (const View& a : earlier.allocations) {
    for (const View& b : later.allocations) {
      if (a.address != b.address || (!a.written && !b.written)) continue;
      const auto found = find_conflict(later.device->device.memory(), a.address, a.bytes,
                                       earlier.serials, later.serials);
      if (found) return Conflict{found->address, found->written, !found->written};
    }
  }
  return std::nullopt;
}

std::optional<Conflict> between(const Touches& earlier, const Touches& later) {
  if (const auto found = between_views(earlier, later)) return found;
  if (const auto found = views_and_kernel(earlier, later)) {
    return Conflict{found->first.address, found->second->written, found->first.written};
  }
  if (const auto found = views_and_kernel(later, earlier)) {
    return Conflict{found->first.address, found->first.written, found->second->written};
  }
  return between_kernels(earlier, later);
}

void report_conflict(State& state, const Conflict& conflict, const Touches& earlier,
                     const Touches& later) {
  Memory& memory = state.owner(conflict.address)->device.memory();
  const Allocation* const allocation = memory.find(conflict.address);
  report(Fault::kHost, later.text,
         std::string(conflict.later_wrote ? "writes" : "reads") + " byte " +
             std::to_string(conflict.address - allocation->address) + " of " +
             allocation->describe() + ", which " + earlier.text +
             (conflict.earlier_wrote ? " writes" : " reads") +
             ", and nothing orders the two; a wait for an event is missing");
}

}  // namespace

TouchRecorder::TouchRecorder(State& state, const Operation& operation)
    : state_(state), operation_(operation) {
  touches_.chain = operation.chain;
  touches_.position = operation.position;
  touches_.text = describe(operation);
  touches_.device = operation.device;
  for (const auto& device : state.devices) device->device.memory().views = &touches_.views;
  Memory& memory = operation.device->device.memory();
  first_serial_ = next_serial(memory);
  for (const std::uint64_t address : operation.work->device_memory) {
    if (const Allocation* const a = memory.find(address); a != nullptr) {
      before_[a->address] = {a->bytes_loaded, a->bytes_stored};
    }
  }
}

TouchRecorder::~TouchRecorder() {
  for (const auto& device : state_.devices) device->device.memory().views = nullptr;
}

void TouchRecorder::finish() {
  Memory& memory = operation_.device->device.memory();
  touches_.serials = {first_serial_, next_serial(memory)};
  // Serials start anew when they are used up: those of before mean nothing any more.
  if (touches_.serials.end < touches_.serials.first) state_.touches.clear();
  for (const auto& [address, traffic] : before_) {
    const Allocation& a = memory.allocations().at(address);
    const bool stored = a.bytes_stored != traffic.stored;
    if (stored || a.bytes_loaded != traffic.loaded) {
      touches_.allocations.push_back({a.address, a.bytes, stored});
    }
  }
  if (touches_.views.empty() && touches_.allocations.empty()) return;
  for (const Touches& earlier : state_.touches) {
    if (operation_.clock.has_seen(earlier.chain, earlier.position)) continue;
    if (const auto found = between(earlier, touches_)) {
      report_conflict(state_, *found, earlier, touches_);
    }
  }
  state_.touches.push_back(std::move(touches_));
  if (state_.touches.size() > kMemory / 2) forget_ordered_touches(state_);
  if (state_.touches.size() > kMemory) state_.touches.pop_front();
}

void forget_ordered_touches(State& state) {
  std::erase_if(state.touches, [&](const Touches& touches) {
    if (!state.host.has_seen(touches.chain, touches.position)) return false;
    for (const auto& device : state.devices) {
      for (const OperationPtr& pending : device->pending) {
        if (pending->state == Operation::State::kPending &&
            !pending->clock.has_seen(touches.chain, touches.position)) {
          return false;
        }
      }
    }
    return true;
  });
}

}  // namespace cuda_sim::runtime
