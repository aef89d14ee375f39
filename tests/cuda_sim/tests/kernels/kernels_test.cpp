// Every realistic kernel as each card would run it, on sizes that divide by nothing: right values,
// no report.
#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/kernels/card.h"
#include "tests/cuda_sim/tests/kernels/runs.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;

namespace {

// fp32 sums of some thousand terms, relative to the sum of their magnitudes.
constexpr double kSumTolerance = 1e-6;

void check_clean(const std::string& card, const std::string& what, const Outcome& outcome,
                 double tolerance) {
  INFO(card << ": " << what);
  CHECK(std::string(cudaGetErrorString(outcome.error)) == cudaGetErrorString(cudaSuccess));
  CHECK(outcome.worst <= tolerance);
  for (const Report& report : runtime::reports()) {
    INFO(to_string(report));
    CHECK(false);
  }
}

}  // namespace

TEST_CASE("average pools of float4 and of eight halves are exact") {
  for (const std::string& card : kCards) {
    for (const kernels::PoolShape& shape :
         {kernels::PoolShape{2, 7, 9, 24, 2}, kernels::PoolShape{1, 5, 6, 8, 1},
          kernels::PoolShape{3, 2, 2, 40, 2}}) {
      play(card);
      check_clean(card, "pool_f32", run_pool_f32(shape), 0);
      check_clean(card, "pool_f16", run_pool_f16(shape), 0);
    }
  }
}

TEST_CASE("the resize with normalisation equals the engine's, byte for byte") {
  for (const std::string& card : kCards) {
    play(card);
    check_clean(card, "shrink", run_resize(331, 7), 0);
    check_clean(card, "enlarge", run_resize(97, 0), 0);
  }
}

TEST_CASE("the scatter fills with NaN and copies exactly") {
  for (const std::string& card : kCards) {
    play(card);
    check_clean(card, "scatter", run_scatter(3, 517, 1001), 0);
  }
}

TEST_CASE("reductions by shuffles, shared memory and atomics") {
  for (const std::string& card : kCards) {
    play(card);
    check_clean(card, "reduce", run_reduce(5003), kSumTolerance);
    check_clean(card, "sum_last_block", run_sum_last_block(5003), kSumTolerance);
    check_clean(card, "histogram", run_histogram(7001), 0);
  }
}

TEST_CASE("the median sorts in local memory") {
  for (const std::string& card : kCards) {
    play(card);
    check_clean(card, "median", run_median(203, 9), 0);
    check_clean(card, "median", run_median(15, 15), 0);
  }
}

TEST_CASE("integers and multiply-adds are exact") {
  for (const std::string& card : kCards) {
    play(card);
    check_clean(card, "arithmetic", run_arithmetic(1000, 37), 0);
  }
}

TEST_CASE("the fp32 readout equals its definition") {
  for (const std::string& card : kCards) {
    play(card);
    check_clean(card, "readout_f32", run_readout(Readout::kF32, {2, 67, 45, 70}), kSumTolerance);
    check_clean(card, "readout_f32", run_readout(Readout::kF32, {1, 3, 1, 2}), kSumTolerance);
  }
}

TEST_CASE("the tensor-core readouts equal their definition") {
  for (const std::string& card : kCards) {
    for (const kernels::ReadoutShape& shape :
         {kernels::ReadoutShape{2, 67, 104, 72}, kernels::ReadoutShape{1, 3, 8, 8}}) {
      play(card);
      check_clean(card, "m16n8k8", run_readout(Readout::kMma75, shape), kSumTolerance);
      if (card == "t4") continue;  // no cp.async
      check_clean(card, "m16n8k16, 3 stages", run_readout(Readout::kMma80Stages3, shape),
                  kSumTolerance);
      check_clean(card, "m16n8k16, 6 stages", run_readout(Readout::kMma80Stages6, shape),
                  kSumTolerance);
    }
  }
}

TEST_CASE("the wmma product equals its definition") {
  for (const std::string& card : kCards) {
    play(card);
    check_clean(card, "gemm_wmma", run_gemm_wmma(37, 50, 41), kSumTolerance);
  }
}

TEST_CASE("a kernel that needs a newer card traps on an older one") {
  play("t4");
  const Outcome outcome = run_readout(Readout::kMma80Stages3, {1, 3, 8, 8});
  CHECK(outcome.error == cudaErrorLaunchFailure);
  REQUIRE(runtime::reports().size() == 1);
  CHECK(runtime::reports()[0].fault == Fault::kTrap);
}
