// Pinned host memory, and what the host must not do to it while copies are pending.
//
// A device reads and writes pinned memory at a time the host does not know. So, while a copy is
// pending: the bytes it will read must not change (a checksum is kept); the bytes it will write
// hold a pattern that no program expects, which shows as wrong results when they are read early,
// and must not be overwritten; and no other copy may touch them unless one of the two is queued
// after the other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

// Every byte of a pinned buffer that has not been written, or that a pending copy will write.
// -1.4e23 as float, -1509 as half.
inline constexpr unsigned char kPendingByte = 0xE5;

// The pinned buffer that holds all of [begin, begin + bytes), or null for pageable memory. Reports
// and throws ApiError when a part of it is pinned only.
Pinned* find_pinned(State& state, const void* begin, std::uint64_t bytes);

// Null when there is no memory left.
Pinned* allocate_pinned(State& state, std::uint64_t bytes, const char* name, unsigned flags);
void release_pinned(State& state);  // all of it
// Frees (or unregisters) after reporting copies that still use it, which run first.
void free_pinned(State& state, const std::byte* begin);

// Of a new operation that is about to be queued: reports conflicts with pending ones and sets its
// expectations.
void expect_host_memory(State& state, Operation& operation);
// When it runs: reports what the host did in the meantime.
void check_host_memory(const Operation& operation);

}  // namespace cuda_sim::runtime
