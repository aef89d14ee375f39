// Copies and fills: which of them wait, what is staged, what is checked. Source of the rules: CUDA
// runtime API, "API synchronization behavior", taken at their latest: what may still be pending
// when the call returns is.
#pragma once

#include <cstddef>

#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {

// height rows of width bytes, the rows `pitch` bytes apart.
struct Copy {
  void* to = nullptr;
  std::size_t to_pitch = 0;
  const void* from = nullptr;
  std::size_t from_pitch = 0;
  std::size_t width = 0;
  std::size_t height = 1;
  cudaMemcpyKind kind = cudaMemcpyDefault;
};

void copy(State& state, Stream& stream, const Copy& wanted, bool asynchronous);
void fill(State& state, Stream& stream, void* to, int value, std::size_t bytes, bool asynchronous);

// Reports and throws ApiError(cudaErrorInvalidValue) unless the range lies in one live allocation.
void require_range(DeviceState& device, std::uint64_t address, std::uint64_t bytes,
                   const std::string& what);

}  // namespace cuda_sim::runtime
