// Device and pinned memory: allocation, release, and what a pointer is.
#pragma once

#include <driver_types.h>

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

// Null for 0 bytes, as CUDA does. Throw ApiError(cudaErrorMemoryAllocation) without a report: to
// run out of memory is no mistake.
void* allocate_device(State& state, std::uint64_t bytes, const char* name);
void* allocate_host(State& state, std::uint64_t bytes, const char* name, unsigned flags);

// Reports, and throws ApiError, when it is not the start of a live allocation. Work pending on the
// memory is reported and runs first: that cudaFree waits for it is not promised.
void free_device(State& state, void* pointer);
void free_host(State& state, void* pointer);

// cudaMallocAsync, cudaFreeAsync: the memory is the program's from the one's turn in the stream to
// the other's.
void* allocate_in_stream(State& state, Stream& stream, std::uint64_t bytes);
void free_in_stream(State& state, Stream& stream, void* pointer);

void register_host(State& state, void* pointer, std::uint64_t bytes, unsigned flags);
void unregister_host(State& state, void* pointer);

void describe_pointer(State& state, const void* pointer, cudaPointerAttributes* attributes);

}  // namespace cuda_sim::runtime
