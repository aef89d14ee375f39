#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads) arithmetic_kernel(float* x, int count, int rounds) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  float a = x[i];
  float b = a * 0.5f;
  float c = a - 1.0f;
  float d = a + 0.25f;
  unsigned s = static_cast<unsigned>(i) * 2654435761U + 1U;
  unsigned t = s ^ 0x9e3779b9U;
  for (int r = 0; r < rounds; ++r) {
    a = fmaf(a, 0.75f, b);
    b = fmaf(b, -0.5f, c);
    c = fmaf(c, 0.25f, d);
    d = fmaf(d, -0.125f, a);
    s = s * 1664525U + 1013904223U;
    t ^= t << 13;
    t ^= t >> 17;
    t ^= t << 5;
    s += t & 0xffU;
    a += 0.5f * b;
    c = fminf(fmaxf(c, -8.0f), 8.0f);
    t = max(t, s) - min(t, s);
  }
  x[i] = ((a + b) + (c + d)) + static_cast<float>((s ^ t) & 1023U) * 0.0009765625f;
}

}  // namespace

cudaError_t arithmetic(float* x, int count, int rounds, cudaStream_t stream) {
  const auto blocks = static_cast<unsigned>((count + kThreads - 1) / kThreads);
  arithmetic_kernel<<<blocks, kThreads, 0, stream>>>(x, count, rounds);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
