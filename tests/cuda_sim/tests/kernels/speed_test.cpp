// How fast kernels are simulated, with all checks and without. Run by hand, on a quiet machine:
//   test_cuda_sim_kernels "[speed]"
#include <iomanip>
#include <iostream>

#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/kernels/card.h"
#include "tests/cuda_sim/tests/kernels/runs.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;

namespace {

void print(const std::string& name, bool checked) {
  for (const auto& [kernel, counts] : runtime::counts()) {
    const double instructions = static_cast<double>(counts.thread_instructions);
    std::cout << std::left << std::setw(14) << name << (checked ? "checks on   " : "checks off  ")
              << std::right << std::fixed << std::setprecision(1) << std::setw(8)
              << instructions / 1e6 << " M thread-instructions" << std::setw(8)
              << instructions / counts.seconds / 1e6 << " M/s" << std::setprecision(3)
              << std::setw(8)
              << static_cast<double>(counts.matrix_instructions) / counts.seconds / 1e6
              << " M mma/s" << std::setw(8) << counts.seconds << " s\n";
  }
}

template <class Run>
void measure(const std::string& name, Run run) {
  for (const bool checked : {true, false}) {
    play("a100", {.enabled = checked, .non_finite = false});
    CHECK(run().error == cudaSuccess);
    print(name, checked);
  }
}

}  // namespace

TEST_CASE("speed of the simulation, printed", "[.speed]") {
  measure("arithmetic", [] { return run_arithmetic(1 << 14, 2000); });
  measure("readout_f32", [] { return run_readout(Readout::kF32, {1, 128, 676, 128}); });
  measure("readout_mma80", [] { return run_readout(Readout::kMma80Stages3, {1, 256, 680, 384}); });
  measure("readout_mma75", [] { return run_readout(Readout::kMma75, {1, 128, 680, 384}); });
  measure("gemm_wmma", [] { return run_gemm_wmma(128, 128, 256); });
  measure("pool_f32", [] { return run_pool_f32({1, 112, 112, 96, 2}); });
}
