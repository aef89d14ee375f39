// The matrix instructions of the tensor-core readout, one struct per way to multiply: how a warp's
// operands are read from shared memory, multiplied, and contracted with the features. Layouts: PTX
// ISA, "Matrix fragments for mma.m16n8k8 / m16n8k16" and "ldmatrix".
//
// What they share: the left operand is 16 rows x one atom of positions, 32 bytes a row, whatever
// the element. The right operand is one atom x kGroup channels, held as kTiles tiles of 8 columns;
// a lane's sums are [tile][row half, parity of the column]. Lane l has the rows l / 4 and l / 4
// + 8.
#pragma once

namespace corticast::kernels::cuda::tensor {

__device__ inline void load_matrices(unsigned address, unsigned (&m)[4]) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
               : "r"(address));
}

// 16-bit elements: tile i has the channels 8i .. 8i+7 of the group, in order.
template <class Instruction>
struct Halves {
  static constexpr int kBytes = 2;
  static constexpr int kAtom = 16;
  static constexpr int kGroup = 16;
  static constexpr int kTiles = 2;
  struct Features {
    unsigned pair[kTiles];
  };

  // Where a lane's part of the right operand begins.
  static __device__ int right_offset(int lane, int pitch) {
    return lane % 16 * pitch + lane / 16 * 16;
  }
  static __device__ void load_left(unsigned address, unsigned (&a)[4]) {
    load_matrices(address, a);
  }
  template <int kPitch>
  static __device__ void load_right(unsigned address, unsigned (&b)[kTiles][2]) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(b[0][0]), "=r"(b[0][1]), "=r"(b[1][0]), "=r"(b[1][1])
                 : "r"(address));
  }
  static __device__ void multiply(const unsigned (&a)[4], const unsigned (&b)[2],
                                  float (&sums)[4]) {
    Instruction::multiply(a, b, sums);
  }
  // row: the features of a row from the group's first channel on, `left` of which exist.
  static __device__ Features load_features(const char* row, int left, int lane) {
    Features features;
#pragma unroll
    for (int tile = 0; tile < kTiles; ++tile) {
      const char* from = row + (8 * tile + lane % 4 * 2) * kBytes;
      features.pair[tile] = 8 * tile < left ? *reinterpret_cast<const unsigned*>(from) : 0;
    }
    return features;
  }
  static __device__ float contract(const Features& features, const float (&sums)[kTiles][4],
                                   int half, float total) {
#pragma unroll
    for (int tile = 0; tile < kTiles; ++tile) {
      float low;
      float high;
      Instruction::widen(features.pair[tile], &low, &high);
      total = fmaf(low, sums[tile][2 * half], total);
      total = fmaf(high, sums[tile][2 * half + 1], total);
    }
    return total;
  }
};

__device__ inline void widen_fp16(unsigned pair, float* low, float* high) {
  unsigned short halves[2];
  asm("mov.b32 {%0, %1}, %2;" : "=h"(halves[0]), "=h"(halves[1]) : "r"(pair));
  asm("cvt.f32.f16 %0, %1;" : "=f"(*low) : "h"(halves[0]));
  asm("cvt.f32.f16 %0, %1;" : "=f"(*high) : "h"(halves[1]));
}

struct MultiplyFp16 {
  static __device__ void multiply(const unsigned (&a)[4], const unsigned (&b)[2],
                                  float (&sums)[4]) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  }
  static __device__ void widen(unsigned pair, float* low, float* high) {
    widen_fp16(pair, low, high);
  }
};

// Compute capability 7.5 has the instruction of half the depth only.
struct MultiplyFp16Shallow {
  static __device__ void step(unsigned a0, unsigned a1, unsigned b, float (&sums)[4]) {
    asm volatile(
        "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 "
        "{%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a0), "r"(a1), "r"(b));
  }
  static __device__ void multiply(const unsigned (&a)[4], const unsigned (&b)[2],
                                  float (&sums)[4]) {
    step(a[0], a[1], b[0], sums);
    step(a[2], a[3], b[1], sums);
  }
  static __device__ void widen(unsigned pair, float* low, float* high) {
    widen_fp16(pair, low, high);
  }
};

struct MultiplyBf16 {
  static __device__ void multiply(const unsigned (&a)[4], const unsigned (&b)[2],
                                  float (&sums)[4]) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  }
  static __device__ void widen(unsigned pair, float* low, float* high) {
    *low = __uint_as_float(pair << 16);
    *high = __uint_as_float(pair & 0xffff0000u);
  }
};

using Fp16 = Halves<MultiplyFp16>;
using Fp16Shallow = Halves<MultiplyFp16Shallow>;
using Bf16 = Halves<MultiplyBf16>;

// float32, rounded to TF32 on the way to the multiplication. No instruction transposes 32-bit
// matrices, but which channel a column stands for is ours to say: column j of tile i is channel
// 2j + i of the group. Then a lane reads the channels 2j and 2j + 1 of its position as 8 bytes, and
// its sums belong to the four channels from 4 * (lane % 4) on.
struct Tf32 {
  static constexpr int kBytes = 4;
  static constexpr int kAtom = 8;
  static constexpr int kGroup = 16;
  static constexpr int kTiles = 2;
  using Features = float4;

  static __device__ unsigned round(unsigned bits) {
    unsigned rounded;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(__uint_as_float(bits)));
    return rounded;
  }
  static __device__ int right_offset(int lane, int pitch) {
    return lane % 4 * pitch + lane / 4 * 8;
  }
  static __device__ void load_left(unsigned address, unsigned (&a)[4]) {
    load_matrices(address, a);  // of b16, but to move 32-bit values it serves as well
#pragma unroll
    for (unsigned& value : a) value = round(value);
  }
  template <int kPitch>
  static __device__ void load_right(unsigned address, unsigned (&b)[kTiles][2]) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      unsigned value[kTiles];
      asm volatile("ld.shared.v2.b32 {%0, %1}, [%2];"
                   : "=r"(value[0]), "=r"(value[1])
                   : "r"(address + static_cast<unsigned>(4 * half * kPitch)));
#pragma unroll
      for (int tile = 0; tile < kTiles; ++tile) b[tile][half] = round(value[tile]);
    }
  }
  static __device__ void multiply(const unsigned (&a)[4], const unsigned (&b)[2],
                                  float (&sums)[4]) {
    asm volatile(
        "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  }
  static __device__ Features load_features(const char* row, int left, int lane) {
    const int channel = lane % 4 * 4;
    return channel < left ? *reinterpret_cast<const float4*>(row + channel * kBytes) : float4{};
  }
  static __device__ float contract(const Features& features, const float (&sums)[kTiles][4],
                                   int half, float total) {
    total = fmaf(features.x, sums[0][2 * half], total);
    total = fmaf(features.y, sums[1][2 * half], total);
    total = fmaf(features.z, sums[0][2 * half + 1], total);
    return fmaf(features.w, sums[1][2 * half + 1], total);
  }
};

}  // namespace corticast::kernels::cuda::tensor
