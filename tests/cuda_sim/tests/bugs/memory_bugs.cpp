#include "tests/cuda_sim/tests/bugs/kernel_bugs.h"
#include "tests/cuda_sim/tests/bugs/place.h"

namespace cuda_sim::bugs {
namespace {

test::Outcome scatter() {
  return test::run_scatter(1, 400, 300);
}

test::Outcome pool() {
  return test::run_pool_f32({1, 6, 10, 12, 2});  // 3 * 5 * 3 threads have work
}

test::Outcome resize() {
  return test::run_resize(230, 7);
}

test::Outcome median() {
  return test::run_median(100, 9);
}

}  // namespace

std::vector<KernelBug> memory_bugs() {
  const std::string scatter_tail = place("scatter.cu", "if (column >= columns) return;");
  const std::string scatter_store = place("scatter.cu", "y[n * columns + column] =");
  const std::string pool_guard = place("pool.cu", "if (i >= total) return;");
  const std::string pool_load = place("pool.cu", "y[i] = average(");
  const std::string resize_fill = place("resize.cu", "samples[i] = row[i];");
  const std::string resize_table = place("resize.cu", "const __half2 rg =");
  return {
      {.name = "tail off by one",
       .kernel = "scatter_kernel",
       .edits = {replace({"setp", 0, scatter_tail}, "setp.ge", "setp.gt")},
       .run = scatter,
       .fault = Fault::kGlobalBounds,
       .where = place("scatter.cu", "const int from = source[column];"),
       .block = {1, 0, 0},
       .thread = {44, 0, 0},
       .error = cudaErrorIllegalAddress},
      {.name = "missing guard",
       .kernel = "pool_f32_kernel",
       .edits = {remove({"bra", 0, pool_guard})},
       .run = pool,
       .fault = Fault::kGlobalBounds,
       .where = pool_load,
       .block = {0, 0, 0},
       .thread = {45, 0, 0},
       .error = cudaErrorIllegalAddress},
      {.name = "global store past the end",
       .kernel = "scatter_kernel",
       .edits = {shift_address({"st.global", 0, scatter_store}, 4)},
       .run = scatter,
       .fault = Fault::kGlobalBounds,
       .where = scatter_store,
       .block = {1, 0, 0},
       .thread = {43, 0, 0},
       .error = cudaErrorIllegalAddress},
      {.name = "shared store past the end",
       .kernel = "resize_rows_kernel",
       .edits = {shift_address({"st.shared", 0, resize_fill}, 1)},
       .run = resize,
       .fault = Fault::kSharedBounds,
       .where = resize_fill,
       .block = {0, 0, 0},
       .thread = {(3 * 230 - 1) % 96, 0, 0},
       .error = cudaErrorIllegalAddress},
      {.name = "local store past the end",
       .kernel = "median_kernel",
       .edits = {shift_address({"st.local", 1}, 4 * kernels::kMedianWindow)},
       .run = median,
       .fault = Fault::kLocalBounds,
       .where = place("median.cu", "sorted[at] = value;"),
       .block = {0, 0, 0},
       .thread = {0, 0, 0},
       .error = cudaErrorIllegalAddress},
      {.name = "misaligned float4 in global memory",
       .kernel = "pool_f32_kernel",
       .edits = {shift_address({"ld.global.nc.v4", 0}, 4)},
       .run = pool,
       .fault = Fault::kMisaligned,
       .where = pool_load,
       .error = cudaErrorMisalignedAddress},
      {.name = "misaligned float4 in shared memory",
       .kernel = "readout_f32_kernel",
       .edits = {shift_address({"ld.shared.v4", 0}, 8)},
       .run =
           [] {
             return test::run_readout(test::Readout::kF32, {1, 5, 7, 3});
           },
       .fault = Fault::kMisaligned,
       .where = place("readout_f32.cu", "const float4 a ="),
       .error = cudaErrorMisalignedAddress},
      {.name = "uninitialised global memory: a store left out",
       .kernel = "sum_last_block_kernel",
       .edits = {remove({"st.global", 0})},
       .run = [] { return test::run_sum_last_block(500); },
       .fault = Fault::kUninitialised,
       .where = place("reduce.cu", "total += block_shares[b];"),
       .block = {kernels::kSumBlocks - 1, 0, 0},
       .thread = {0, 0, 0}},
      {.name = "uninitialised shared memory: one warp's share left out",
       .kernel = "reduce_kernel",
       .edits = only_where({"st.shared", 0}, "%tid.x", "lt", 128),
       .run = [] { return test::run_reduce(1000); },
       .fault = Fault::kUninitialised,
       .where = place("reduce.cu", "sum += shares[w];"),
       .thread = {0, 0, 0}},
      {.name = "store to constant memory",
       .kernel = "resize_columns_kernel",
       .edits = {insert_after({"mov.u64", 0, resize_table},
                              "{ .reg .b64 %planted; cvta.const.u64 %planted, $1; "
                              "st.b64 [%planted], $0; }")},
       .run = resize,
       .fault = Fault::kReadOnlyWrite,
       .where = resize_table,
       .error = cudaErrorIllegalAddress},
      {.name = "store to data read through the read-only path",
       .kernel = "scatter_kernel",
       .edits = {replace({"ld.param", 4}, "_param_4]", "_param_0]")},
       .run = scatter,
       .fault = Fault::kReadOnlyWrite,
       .where = scatter_store,
       .thread = {21, 0, 0},  // the first that writes what a thread of its warp has read
       .also = {Fault::kUninitialised}},
  };
}

}  // namespace cuda_sim::bugs
