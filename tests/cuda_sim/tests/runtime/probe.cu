#include "tests/cuda_sim/tests/runtime/probe.h"

namespace cuda_sim::probe {
namespace {

__constant__ float table[4];
__device__ int launches = 5;

__global__ void scale_kernel_(float* x, float factor, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i == 0) ++launches;
  if (i < n) x[i] = x[i] * factor + table[i % 4];
}

__global__ void copy_kernel(float* y, const float* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) y[i] = x[i];
}

__global__ void reverse_kernel_(int* x) {
  extern __shared__ int part[];
  int* const mine = x + blockIdx.x * blockDim.x;
  part[threadIdx.x] = mine[threadIdx.x];
  __syncthreads();
  mine[threadIdx.x] = part[blockDim.x - 1 - threadIdx.x];
}

__global__ void __launch_bounds__(64) bounded_kernel_(int* x) {
  __shared__ int total[64];
  total[threadIdx.x] = static_cast<int>(threadIdx.x);
  x[threadIdx.x] = total[threadIdx.x];
}

__global__ void read_kernel(float* y, const float* x, std::int64_t n) {
  *y = x[n];
}

__global__ void trap_kernel() {
  asm volatile("trap;");
}

__global__ void arguments_kernel(double* out, char a, double b, short c, Odd d) {
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d.small;
  out[4] = d.large;
}

__global__ void shape_kernel() {}

}  // namespace

cudaError_t scale(float* x, float factor, int n, cudaStream_t stream) {
  scale_kernel_<<<(n + 127) / 128, 128, 0, stream>>>(x, factor, n);
  return cudaPeekAtLastError();
}

cudaError_t copy(float* y, const float* x, int n, cudaStream_t stream) {
  copy_kernel<<<(n + 127) / 128, 128, 0, stream>>>(y, x, n);
  return cudaPeekAtLastError();
}

cudaError_t reverse(int* x, int blocks, int threads, std::size_t shared_bytes,
                    cudaStream_t stream) {
  reverse_kernel_<<<blocks, threads, shared_bytes, stream>>>(x);
  return cudaPeekAtLastError();
}

cudaError_t bounded(int* x, int threads, cudaStream_t stream) {
  bounded_kernel_<<<1, threads, 0, stream>>>(x);
  return cudaPeekAtLastError();
}

cudaError_t read_at(float* y, const float* x, std::int64_t n, cudaStream_t stream) {
  read_kernel<<<1, 1, 0, stream>>>(y, x, n);
  return cudaPeekAtLastError();
}

cudaError_t trap(cudaStream_t stream) {
  trap_kernel<<<1, 1, 0, stream>>>();
  return cudaPeekAtLastError();
}

cudaError_t arguments(double* out, char a, double b, short c, Odd d, cudaStream_t stream) {
  arguments_kernel<<<1, 1, 0, stream>>>(out, a, b, c, d);
  return cudaPeekAtLastError();
}

cudaError_t any_shape(unsigned gx, unsigned gy, unsigned bx, unsigned by, unsigned bz,
                      cudaStream_t stream) {
  shape_kernel<<<dim3(gx, gy), dim3(bx, by, bz), 0, stream>>>();
  return cudaPeekAtLastError();
}

cudaError_t set_table(const float* four, bool asynchronous, cudaStream_t stream) {
  return asynchronous
             ? cudaMemcpyToSymbolAsync(table, four, sizeof table, 0, cudaMemcpyHostToDevice, stream)
             : cudaMemcpyToSymbol(table, four, sizeof table);
}

cudaError_t read_counter(int* value) {
  return cudaMemcpyFromSymbol(value, launches, sizeof launches);
}

const void* counter_symbol() {
  return &launches;
}
const void* reverse_kernel() {
  return reinterpret_cast<const void*>(reverse_kernel_);
}
const void* bounded_kernel() {
  return reinterpret_cast<const void*>(bounded_kernel_);
}
const void* scale_kernel() {
  return reinterpret_cast<const void*>(scale_kernel_);
}

}  // namespace cuda_sim::probe
