#include "tests/cuda_sim/runtime/host_memory.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/runtime/queue.h"

namespace cuda_sim::runtime {
namespace {

constexpr std::size_t kAlignment = 4096;

bool overlap(const HostUse& a, const HostUse& b) {
  return a.begin < b.begin + b.bytes && b.begin < a.begin + a.bytes;
}

std::uint64_t checksum(const HostUse& use) {
  return XXH3_64bits(use.begin, use.bytes);
}

// f(pending operation, its use) for uses that overlap `use`, of all devices.
template <class F>
void for_overlapping(State& state, const HostUse& use, F&& f) {
  for (const auto& device : state.devices) {
    for (const OperationPtr& pending : device->pending) {
      if (pending->state == Operation::State::kDone) continue;
      for (const HostUse& other : pending->work->host) {
        if (overlap(use, other)) f(*pending, other);
      }
    }
  }
}

// A pending function of the program that comes before the operation may write what it likes.
bool host_function_before(State& state, const Operation& operation) {
  for (const auto& device : state.devices) {
    for (const OperationPtr& pending : device->pending) {
      if (pending->state != Operation::State::kDone && pending->work->host_function &&
          operation.follows(*pending)) {
        return true;
      }
    }
  }
  return false;
}

std::string buffer_at(State& state, const HostUse& use) {
  const auto after = state.pinned.upper_bound(use.begin);
  if (after == state.pinned.begin()) return "a pinned buffer";
  return std::prev(after)->second.describe();
}

}  // namespace

std::string Pinned::describe() const {
  return "pinned buffer " + std::to_string(number) + " (" + name + ", " + counted(bytes, "byte") +
         ")";
}

Pinned* find_pinned(State& state, const void* begin, std::uint64_t bytes) {
  const auto* const first = static_cast<const std::byte*>(begin);
  const auto after = state.pinned.upper_bound(first);
  if (after != state.pinned.begin()) {
    Pinned& before = std::prev(after)->second;
    if (first < before.begin + before.bytes) {
      if (first + bytes <= before.begin + before.bytes) return &before;
      refuse(cudaErrorInvalidValue, Fault::kHost,
             "reaches past the end of " + before.describe() + " by " +
                 counted(static_cast<std::uint64_t>(first + bytes - before.begin) - before.bytes,
                         "byte"));
    }
  }
  if (after != state.pinned.end() && after->first < first + bytes) {
    refuse(cudaErrorInvalidValue, Fault::kHost,
           "is given memory that begins outside " + after->second.describe() + " and ends in it");
  }
  return nullptr;
}

Pinned* allocate_pinned(State& state, std::uint64_t bytes, const char* name, unsigned flags) {
  const std::uint64_t room = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  auto* const begin = static_cast<std::byte*>(std::aligned_alloc(kAlignment, room));
  if (begin == nullptr) return nullptr;
  std::memset(begin, kPendingByte, room);
  Pinned& pinned = state.pinned[begin];
  pinned.begin = begin;
  pinned.bytes = bytes;
  pinned.number = ++state.pinned_count;
  pinned.name = name;
  pinned.flags = flags;
  pinned.device = this_thread().device;
  return &pinned;
}

void release_pinned(State& state) {
  for (const auto& [begin, pinned] : state.pinned) {
    if (!pinned.registered) std::free(pinned.begin);
  }
  state.pinned.clear();
}

void free_pinned(State& state, const std::byte* begin) {
  const Pinned pinned = state.pinned.at(begin);
  const HostUse all{pinned.begin, pinned.bytes, true};
  std::vector<OperationPtr> users;
  for (const auto& device : state.devices) {
    for (const OperationPtr& pending : device->pending) {
      if (pending->state == Operation::State::kDone) continue;
      const auto& uses = pending->work->host;
      if (std::any_of(uses.begin(), uses.end(),
                      [&](const HostUse& use) { return overlap(use, all); })) {
        users.push_back(pending);
      }
    }
  }
  for (const OperationPtr& user : users) {
    report(Fault::kHost, "gives up " + pinned.describe() + " while " + describe(*user) +
                             " is pending on it; synchronise first");
    run(state, user);
  }
  if (!pinned.registered) std::free(pinned.begin);
  state.pinned.erase(begin);
}

void expect_host_memory(State& state, Operation& operation) {
  const std::vector<HostUse>& uses = operation.work->host;
  operation.expectations.assign(uses.size(), {});
  if (uses.empty() || operation.device->sticky != cudaSuccess) return;
  const bool free_to_change = host_function_before(state, operation);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const HostUse& use = uses[i];
    bool changes_before = free_to_change;  // by others, before this operation runs
    for_overlapping(state, use, [&](const Operation& pending, const HostUse& other) {
      if (use.written || other.written) changes_before = true;
      if ((use.written || other.written) && !operation.follows(pending)) {
        report(Fault::kHost, describe(operation),
               std::string(use.written ? "will write " : "will read ") + buffer_at(state, use) +
                   ", which the pending " + describe(pending) + " will " +
                   (other.written ? "write" : "read") + ", and neither is queued after the other");
      }
    });
    if (changes_before) continue;
    if (use.written) std::memset(use.begin, kPendingByte, use.bytes);
    operation.expectations[i] = {true, checksum(use)};
  }
}

void check_host_memory(const Operation& operation) {
  const std::vector<HostUse>& uses = operation.work->host;
  for (std::size_t i = 0; i < operation.expectations.size() && i < uses.size(); ++i) {
    const HostUse& use = uses[i];
    const Operation::Expectation& expected = operation.expectations[i];
    if (!expected.checked || checksum(use) == expected.checksum) continue;
    const std::string buffer = buffer_at(State::instance(), use);
    report(Fault::kHost, describe(operation),
           use.written ? "its target in " + buffer +
                             " was written by the host between the call and the copy"
                       : "its source in " + buffer +
                             " was changed by the host between the call and the copy; wait for an "
                             "event recorded after the copy before using the buffer again");
  }
}

}  // namespace cuda_sim::runtime
