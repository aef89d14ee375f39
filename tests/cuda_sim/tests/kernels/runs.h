// One run each of the kernels of tests/cuda_sim/kernels on seeded data, compared with plain loops
// on the host. Used clean (kernels_test.cpp) and with planted bugs (../bugs).
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "tests/cuda_sim/kernels/kernels.h"
#include "tests/support/random.h"

namespace cuda_sim::test {

struct Outcome {
  cudaError_t error = cudaSuccess;  // of the launch or of waiting for it
  // Largest |got - expected|, infinite where only one of them is NaN. Valid without an error.
  double worst = std::numeric_limits<double>::infinity();
};

Outcome run_pool_f32(const kernels::PoolShape& shape);
Outcome run_pool_f16(const kernels::PoolShape& shape);
// Pixels of a side x side image (rows `padding` bytes apart) to 224 x 224, against crop_resize()
// and normalisation_table() of the engine; worst: difference of fp16 values.
Outcome run_resize(int side, int padding);
Outcome run_scatter(int n, int values, int columns);
Outcome run_reduce(int count);          // worst: relative to the sum of magnitudes
Outcome run_sum_last_block(int count);  // the same
Outcome run_histogram(int count);
Outcome run_median(int count, int window);
Outcome run_arithmetic(int count, int rounds);

// worst: relative to the sum of magnitudes that make up an output.
enum class Readout { kF32, kMma75, kMma80Stages3, kMma80Stages6 };
Outcome run_readout(Readout which, const kernels::ReadoutShape& shape);
Outcome run_gemm_wmma(int m, int n, int k);

// Waits for the device and gives the first error.
inline cudaError_t finish(cudaError_t launched) {
  return launched != cudaSuccess ? launched : cudaDeviceSynchronize();
}

}  // namespace cuda_sim::test
