// Small kernels that show what the runtime did with a launch. Each launcher queues one launch and
// returns cudaPeekAtLastError().
#pragma once

#include <driver_types.h>

#include <cstddef>
#include <cstdint>

namespace cuda_sim::probe {

// x[i] = x[i] * factor + table[i % 4], i < n; table: see set_table, zeros at first.
cudaError_t scale(float* x, float factor, int n, cudaStream_t stream);
// y[i] = x[i], i < n.
cudaError_t copy(float* y, const float* x, int n, cudaStream_t stream);
// Each thread reverses its block's part of x through dynamic shared memory.
cudaError_t reverse(int* x, int blocks, int threads, std::size_t shared_bytes, cudaStream_t stream);
// Promises at most 64 threads per block (__launch_bounds__).
cudaError_t bounded(int* x, int threads, cudaStream_t stream);
// Reads x[n], whatever n is.
cudaError_t read_at(float* y, const float* x, std::int64_t n, cudaStream_t stream);
cudaError_t trap(cudaStream_t stream);
// Stores its arguments, of sizes and alignments that leave gaps: out[0..4].
struct Odd {
  char small;
  double large;
};
cudaError_t arguments(double* out, char a, double b, short c, Odd d, cudaStream_t stream);
cudaError_t any_shape(unsigned gx, unsigned gy, unsigned bx, unsigned by, unsigned bz,
                      cudaStream_t stream);

cudaError_t set_table(const float* four, bool asynchronous, cudaStream_t stream);
// A device variable that scale() counts its launches in; starts at 5.
cudaError_t read_counter(int* value);
const void* counter_symbol();

const void* reverse_kernel();
const void* bounded_kernel();
const void* scale_kernel();

// Of objects compiled otherwise: y[0] = number.
cudaError_t uncompressed(int* y, cudaStream_t stream);
cudaError_t hopper_only(int* y, cudaStream_t stream);
cudaError_t lz4(int* y, cudaStream_t stream);
inline constexpr int kUncompressed = 11;
inline constexpr int kHopperOnly = 90;

}  // namespace cuda_sim::probe
