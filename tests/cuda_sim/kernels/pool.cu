#include <cuda_fp16.h>

#include "tests/cuda_sim/kernels/kernels.h"

namespace cuda_sim::kernels {
namespace {

constexpr int kThreads = 128;

__device__ float average(float a, float b, float c, float d) {
  return ((a + b) + (c + d)) * 0.25f;
}

__device__ float4 average(float4 a, float4 b, float4 c, float4 d) {
  return make_float4(average(a.x, b.x, c.x, d.x), average(a.y, b.y, c.y, d.y),
                     average(a.z, b.z, c.z, d.z), average(a.w, b.w, c.w, d.w));
}

__device__ unsigned average_pair(unsigned a, unsigned b, unsigned c, unsigned d) {
  const float2 p = __half22float2(*reinterpret_cast<const __half2*>(&a));
  const float2 q = __half22float2(*reinterpret_cast<const __half2*>(&b));
  const float2 r = __half22float2(*reinterpret_cast<const __half2*>(&c));
  const float2 s = __half22float2(*reinterpret_cast<const __half2*>(&d));
  const __half2 mean = __floats2half2_rn(average(p.x, q.x, r.x, s.x), average(p.y, q.y, r.y, s.y));
  return *reinterpret_cast<const unsigned*>(&mean);
}

__device__ uint4 average(uint4 a, uint4 b, uint4 c, uint4 d) {
  return make_uint4(average_pair(a.x, b.x, c.x, d.x), average_pair(a.y, b.y, c.y, d.y),
                    average_pair(a.z, b.z, c.z, d.z), average_pair(a.w, b.w, c.w, d.w));
}

// One thread per 16 bytes of the output. packs: 16-byte groups of one pixel's channels.
template <class Pack>
__device__ void pool(const Pack* __restrict__ x, Pack* __restrict__ y, int w, int packs, int out_h,
                     int out_w, int stride, int h, long long total) {
  const long long i = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= total) return;
  const int pack = static_cast<int>(i % packs);
  const long long pixel = i / packs;
  const int column = static_cast<int>(pixel % out_w);
  const long long row = pixel / out_w;
  const int image_row = static_cast<int>(row % out_h);
  const long long image = row / out_h;
  const Pack* upper = x + ((image * h + image_row * stride) * w + column * stride) * packs + pack;
  const Pack* lower = upper + static_cast<long long>(w) * packs;
  y[i] = average(upper[0], upper[packs], lower[0], lower[packs]);
}

__global__ void __launch_bounds__(kThreads)
    pool_f32_kernel(const float4* x, float4* y, int w, int packs, int out_h, int out_w, int stride,
                    int h, long long total) {
  pool(x, y, w, packs, out_h, out_w, stride, h, total);
}

__global__ void __launch_bounds__(kThreads)
    pool_f16_kernel(const uint4* x, uint4* y, int w, int packs, int out_h, int out_w, int stride,
                    int h, long long total) {
  pool(x, y, w, packs, out_h, out_w, stride, h, total);
}

unsigned blocks(long long total) {
  return static_cast<unsigned>((total + kThreads - 1) / kThreads);
}

}  // namespace

cudaError_t pool_f32(const PoolShape& s, const float* x, float* y, cudaStream_t stream) {
  const int packs = s.c / 4;
  const long long total = static_cast<long long>(s.n) * s.out_h() * s.out_w() * packs;
  pool_f32_kernel<<<blocks(total), kThreads, 0, stream>>>(
      reinterpret_cast<const float4*>(x), reinterpret_cast<float4*>(y), s.w, packs, s.out_h(),
      s.out_w(), s.stride, s.h, total);
  return cudaGetLastError();
}

cudaError_t pool_f16(const PoolShape& s, const Half* x, Half* y, cudaStream_t stream) {
  const int packs = s.c / 8;
  const long long total = static_cast<long long>(s.n) * s.out_h() * s.out_w() * packs;
  pool_f16_kernel<<<blocks(total), kThreads, 0, stream>>>(
      reinterpret_cast<const uint4*>(x), reinterpret_cast<uint4*>(y), s.w, packs, s.out_h(),
      s.out_w(), s.stride, s.h, total);
  return cudaGetLastError();
}

}  // namespace cuda_sim::kernels
