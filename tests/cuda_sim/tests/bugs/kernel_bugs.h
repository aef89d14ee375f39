// Bugs planted in kernels by editing their PTX, and what the simulated device must say to each.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/report.h"
#include "tests/cuda_sim/tests/bugs/ptx_edit.h"
#include "tests/cuda_sim/tests/kernels/runs.h"

namespace cuda_sim::bugs {

struct KernelBug {
  std::string name;
  std::string kernel;  // part of the mangled name, of one kernel
  std::vector<Edit> edits;
  std::function<test::Outcome()> run;
  // The first report of this fault: "pool.cu:41" is its own line or its caller's.
  Fault fault = Fault::kHost;
  std::string where;
  Dim3 block{};
  Dim3 thread{};
  // The launch ends in this error.
  cudaError_t error = cudaSuccess;
  // Faults that the bug also causes; no others may be reported.
  std::vector<Fault> also = {};
  std::uint32_t least_sm = 75;
};

std::vector<KernelBug> memory_bugs();           // bounds, alignment, initialised, read-only
std::vector<KernelBug> synchronisation_bugs();  // barriers, races, warps, cp.async

}  // namespace cuda_sim::bugs
