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

test::Outcome gemm_wmma() {
  return test::run_gemm_wmma(20, 36, 40);
}

}  // namespace

std::vector<KernelBug> synchronisation_bugs() {
  const std::string scatter_store = place("scatter.cu", "y[n * columns + column] =");
  const std::string scatter_index = place("scatter.cu", "const int column = blockIdx.x");
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
       .where = place("gemm_wmma.cu", "c[static_cast<long long>(row) * n + column] =")},
      {.name = "barrier in divergent code",
       .kernel = "histogram_kernel",
       .edits = only_where({"bar.sync", 0}, "%laneid", "lt", 16),
       .run = [] { return test::run_histogram(3000); },
       .fault = Fault::kBarrierDivergence,
       .where = place("histogram.cu", "the bins are clear")},
      {.name = "whole warps return before a barrier",
       .kernel = "13reduce_kernel",
       .edits = {return_where({"bar.sync", 0}, "%tid.x", "ge", 64)},
       .run = reduce,
       .fault = Fault::kEarlyExit,
       .where = place("reduce.cu", "the warps' shares are there")},
      {.name = "part of a warp returns before a barrier",
       .kernel = "13reduce_kernel",
       .edits = {return_where({"bar.sync", 0}, "%laneid", "ge", 16)},
       .run = reduce,
       .fault = Fault::kEarlyExit,
       .where = place("reduce.cu", "the warps' shares are there")},
      {.name = "two warps write the same words of global memory",
       .kernel = "scatter_kernel",
       .edits = {replace({"mov.u32", 2, scatter_index}, "%tid.x", "%laneid")},
       .run = [] { return test::run_scatter(1, 400, 200); },
       .fault = Fault::kBlockRace,
       .where = scatter_store,
       .thread = {32, 0, 0},
       .also = {Fault::kUninitialised}},
      {.name = "two blocks write the same words",
       .kernel = "scatter_kernel",
       .edits = {replace({"mov.u32", 0, scatter_index}, "%ctaid.x", "0")},
       .run = [] { return test::run_scatter(1, 400, 300); },
       .fault = Fault::kGridRace,
       .where = scatter_store,
       .block = {1, 0, 0},
       .thread = {0, 0, 0},
       .also = {Fault::kUninitialised}},
      {.name = "shuffle from lanes that have returned",
       .kernel = "13reduce_kernel",
       .edits = {return_where({"shfl.sync.down", 0}, "%laneid", "ge", 24)},
       .run = reduce,
       .fault = Fault::kInactiveLane,
       .where = place("reduce.cu", "__shfl_down_sync(")},
      {.name = "cp.async waited for one stage short",
       .kernel = "readout_mma80_kernelILi3E",
       .edits = {replace({"cp.async.wait_group", 0}, "1", "2")},
       .run = readout_mma80,
       .fault = Fault::kAsyncHazard,
       .where = load_spatial,
       .least_sm = 80},
      {.name = "cp.async never waited for",
       .kernel = "readout_mma80_kernelILi3E",
       .edits = {remove({"cp.async.wait_group", kEvery})},
       .run = readout_mma80,
       .fault = Fault::kAsyncHazard,
       .where = load_spatial,
       .least_sm = 80},
      {.name = "missing __syncthreads in a cp.async pipeline",
       .kernel = "readout_mma80_kernelILi3E",
       .edits = {remove({"bar.sync", 0})},
       .run = readout_mma80,
       .fault = Fault::kBlockRace,
       .where = load_spatial,
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
