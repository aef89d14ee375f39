#include "tests/cuda_sim/tests/bugs/kernel_bugs.h"
#include "tests/cuda_sim/tests/bugs/place.h"

namespace cuda_sim::bugs {
namespace {

test::Outcome reduce() {
  return test::run_reduce(1000);
}

test::Outcome readout_f32() {
  return test::run_readout(test::Readout::kF32, {1, 70, 40, 70});
}

test::Outcome readout_mma80() {
  return test::run_readout(test::Readout::kMma80Stages3, {1, 40, 136, 40});
}

// Threads whose special register is at least `value` write their output again, `words` earlier.
std::vector<Edit> also_earlier(const std::string& special, std::uint32_t value, int words) {
  std::vector<Edit> edits = {insert_after({"st.global", 0}, "st.global.f32 $0, $1;"),
                             shift_address({"st.global", 1}, -4 * words)};
  for (Edit& edit : only_where({"st.global", 1}, special, "ge", value)) edits.push_back(edit);
  return edits;
}

test::Outcome gemm_wmma() {
  return test::run_gemm_wmma(20, 36, 40);
}

}  // namespace

std::vector<KernelBug> synchronisation_bugs() {
  const std::string scatter_store = place("scatter.cu", "y[n * columns + column] =");
  const std::string reduce_sum = place("reduce.cu", "sum += shares[w];");
  const std::string load_spatial = place("mma_tile.cuh", "load_matrices(&stage.spatial");
  return {
      {.name = "missing __syncthreads before a sum over warps",
       .kernel = "13reduce_kernel",
       .edits = {remove({"bar.sync", 0})},
       .run = reduce,
       .fault = Fault::kUninitialised,  // warp 0 runs first here: the others' shares are not there
       .where = reduce_sum,
       .also = {Fault::kBlockRace}},
      {.name = "missing __syncthreads at the end of a pipeline step",
       .kernel = "readout_f32_kernel",
       .edits = {remove({"bar.sync", 1})},
       .run = readout_f32,
       .fault = Fault::kBlockRace,
       .where = place("readout_f32.cu", "const float4 a ="),
       .also = {Fault::kUninitialised}},
      {.name = "missing __syncwarp",
       .kernel = "gemm_wmma_kernel",
       .edits = {remove({"bar.warp.sync", 0})},
       .run = gemm_wmma,
       .fault = Fault::kBlockRace,
       .where = place("gemm_wmma.cu", "c[static_cast<long long>(row) * n + column] ="),
       .thread = {1, 0, 0}},
      {.name = "barrier in both branches of divergent code",
       .kernel = "13reduce_kernel",
       .edits = {insert_before({"bar.sync", 0},
                               "{ .reg .pred %planted; .reg .b32 %planted_lane; "
                               "mov.u32 %planted_lane, %laneid; "
                               "setp.lt.u32 %planted, %planted_lane, 16; "
                               "@!%planted bra $L__planted_else; bar.sync 0; "
                               "bra $L__planted_end; $L__planted_else:"),
                 insert_after({"bar.sync", 0}, "$L__planted_end: }")},
       .run = reduce,
       .fault = Fault::kBarrierDivergence,
       .where = place("reduce.cu", "the warps' shares are there")},
      {.name = "whole warps return before a barrier",
       .kernel = "13reduce_kernel",
       .edits = {return_where({"bar.sync", 0}, "%tid.x", "ge", 64)},
       .run = reduce,
       .fault = Fault::kEarlyExit,
       .where = place("reduce.cu", "the warps' shares are there"),
       .also = {Fault::kBlockRace}},
      {.name = "part of a warp returns before a barrier",
       .kernel = "13reduce_kernel",
       .edits = {return_where({"bar.sync", 0}, "%laneid", "ge", 16)},
       .run = reduce,
       .fault = Fault::kEarlyExit,
       .where = place("reduce.cu", "the warps' shares are there")},
      {.name = "two warps write the same words of global memory",
       .kernel = "scatter_kernel",
       .edits = also_earlier("%tid.x", 32, 32),
       .run = [] { return test::run_scatter(1, 400, 200); },
       .fault = Fault::kBlockRace,
       .where = scatter_store,
       .thread = {32, 0, 0}},
      {.name = "two blocks write the same words",
       .kernel = "scatter_kernel",
       .edits = also_earlier("%ctaid.x", 1, 256),
       .run = [] { return test::run_scatter(1, 400, 300); },
       .fault = Fault::kGridRace,
       .where = scatter_store,
       .block = {1, 0, 0},
       .thread = {32, 0, 0}},  // block 1 begins with its second warp
      {.name = "shuffle from lanes that have returned",
       .kernel = "13reduce_kernel",
       .edits = {return_where({"shfl.sync.down", 0}, "%laneid", "ge", 24)},
       .run = reduce,
       .fault = Fault::kInactiveLane,
       .where = place("reduce.cu", "__shfl_down_sync("),
       .thread = {8, 0, 0},
       .also = {Fault::kEarlyExit}},
      {.name = "shuffle of all lanes that half of the warp never comes to",
       .kernel = "13reduce_kernel",
       .edits = only_where({"shfl.sync.down", 4}, "%laneid", "lt", 16),
       .run = reduce,
       .fault = Fault::kDeadlock,
       .where = place("reduce.cu", "__shfl_down_sync("),
       .error = cudaErrorLaunchTimeout},
      {.name = "lanes that disagree on the pitch of a matrix",
       .kernel = "gemm_wmma_kernel",
       .edits = {insert_before({"wmma.load.a", 0},
                               "{ .reg .b32 %planted; mov.u32 %planted, %laneid; "
                               "mad.lo.u32 $2, %planted, 8, $2; }")},
       .run = gemm_wmma,
       .fault = Fault::kWarpOperand,
       .where = place("gemm_wmma.cu", "wmma::load_matrix_sync(a_part"),
       .thread = {1, 0, 0}},
      {.name = "a failed assertion's trap",
       .kernel = "arithmetic_kernel",
       .edits = {insert_before({"ld.global", 0}, "trap;")},
       .run = [] { return test::run_arithmetic(50, 3); },
       .fault = Fault::kTrap,
       .where = place("arithmetic.cu", "float a = x[i];"),
       .error = cudaErrorLaunchFailure},
      {.name = "cp.async waited for one stage short",
       .kernel = "readout_mma80_kernelILi3E",
       .edits = {replace({"cp.async.wait_group", 0}, "1", "2")},
       .run = readout_mma80,
       .fault = Fault::kAsyncHazard,
       .where = load_spatial,
       .also = {Fault::kUninitialised, Fault::kBlockRace},
       .least_sm = 80},
      {.name = "cp.async never waited for",
       .kernel = "readout_mma80_kernelILi3E",
       .edits = {remove({"cp.async.wait_group", kEvery})},
       .run = readout_mma80,
       .fault = Fault::kAsyncHazard,
       .where = load_spatial,
       .also = {Fault::kUninitialised, Fault::kBlockRace},
       .least_sm = 80},
      {.name = "missing __syncthreads in a cp.async pipeline",
       .kernel = "readout_mma80_kernelILi3E",
       .edits = {remove({"bar.sync", 0})},
       .run = readout_mma80,
       .fault = Fault::kBlockRace,
       .where = load_spatial,
       .thread = {1, 0, 0},
       .also = {Fault::kUninitialised, Fault::kAsyncHazard},
       .least_sm = 80},
      {.name = "missing __syncthreads before the sum over warps",
       .kernel = "readout_mma80_kernelILi3E",
       .edits = {remove({"bar.sync", 1})},
       .run = readout_mma80,
       .fault = Fault::kUninitialised,
       .where = place("mma_tile.cuh", "bias[row] + (shares[0]"),
       .also = {Fault::kBlockRace},
       .least_sm = 80},
  };
}

}  // namespace cuda_sim::bugs
