// Rows to print and to judge.
#pragma once

#include "bench/row.h"

namespace corticast::test {

// Every field set: 2 ms, 10 GFLOP of which 5 are done, 1 GB against peaks of 5,000 GFLOP/s and
// 1,000 GB/s.
inline bench::Row full_row() {
  bench::Row row;
  row.where = {"0.1.0 (abc)",
               "cuda:0 (Card, cuDNN 9.1.0)",
               4,
               384,
               57051,
               8,
               "fp16",
               "fused",
               16,
               {5e12, 1e12},
               "avx512"};
  row.stage = "block 2: convolution 5x5, 384 -> 384, 222x222";
  row.images = 16;
  row.seconds = {0.003, 0.001, 0.002};
  row.flops = 1e10;
  row.executed_flops = 5e9;
  row.bytes = 1e9;
  row.check = StepCheck{"block 2", 1000, 1e-4, 2e-4, 1e-3};
  return row;
}

// Nothing set that may be absent.
inline bench::Row bare_row() {
  bench::Row row;
  row.where.build = "0.1.0";
  row.where.device = "host";
  row.stage = "decode";
  return row;
}

}  // namespace corticast::test
