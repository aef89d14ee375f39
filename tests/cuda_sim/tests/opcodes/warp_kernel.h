// Runs a few lines of PTX in one warp, with 32-bit inputs and outputs for every lane.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::test {

using Lanes = std::array<std::uint32_t, 32>;

struct WarpKernel {
  // Sees %lane, its inputs in %i0, %i1, ..., the buffer's address in %buffer (64 bits) and 1,024
  // 64-byte lines of shared memory named "tile"; leaves its results in %o0, %o1, ... Free
  // registers: %t<64> (32 bits), %w<64> (64), %h<64> (16), %f<64> (f32), %fd<64> (f64), %p<16>.
  std::string body;
  std::vector<Lanes> inputs;
  unsigned outputs = 1;
  std::vector<std::uint32_t> buffer;  // in global memory, 256-byte aligned
  unsigned threads = 32;              // more: further warps, all with the first one's inputs
  std::uint32_t sm = 80;
};

struct WarpResult {
  std::vector<Lanes> outputs;         // of the first warp
  std::vector<std::uint32_t> buffer;  // after the run
  std::vector<Report> reports;
  KernelCounts counts;  // NaN and infinite results included

  bool has(Fault fault) const;
  std::string text() const;  // all reports, for INFO
};

// A KernelFault ends the run early; what it reported is in the result.
WarpResult run(const WarpKernel& kernel);

}  // namespace cuda_sim::test
