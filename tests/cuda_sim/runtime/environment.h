// What a process under cuda-sim is told through its environment:
//   CUDA_SIM_PROFILE   a device profile's path; unset: no GPU
//   CUDA_SIM_DEVICES   how many (1)
//   CUDA_SIM_CHECKS    on (default), off
//   CUDA_SIM_NON_FINITE  on: count NaN and infinite results; off (default)
//   CUDA_SIM_SCHEDULE  late (default), producers-first, at-once
//   CUDA_SIM_FAIL      planned failures (session.h)
//   CUDA_SIM_REPORT    a path: where summary_json() is written when the process exits
#pragma once

#include <vector>

#include "tests/cuda_sim/runtime/session.h"

namespace cuda_sim::runtime {

// Both end the process with a message when a value is wrong: a simulated device other than the one
// asked for would be worse.
Setup setup_from_environment();
std::vector<Failure> failures_from_environment();
void report_at_exit();

}  // namespace cuda_sim::runtime
