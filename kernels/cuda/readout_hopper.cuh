// The readout in Hopper's warpgroup instructions (wgmma). A block keeps 128 rows' masks in shared
// memory while images pass by, 192 channels at a time: each of two warpgroups multiplies 64 rows by
// the piece of the image that is there (32 positions), straight from shared memory. A ring of
// pieces is filled two steps ahead. Sums live in registers until an image is through, are
// multiplied by the features and added up over the channels of the four lanes that share a row.
//
// Shared memory is laid out in swizzled rows of 128 bytes, as wgmma reads it: 16 bytes q of row r
// lie at place q ^ r % 8. Masks: a row for each 64 positions of each vertex; images: a row for each
// 64 channels of each position (a transposed operand).
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <type_traits>

#include "kernels/cuda/readout_tensor_work.cuh"

namespace corticast::kernels::cuda::hopper {

using tensor::Problem;
using tensor::Work;

constexpr int kRows = 128;
constexpr int kColumns = 192;  // channels of a pass
constexpr int kThreads = 256;
constexpr int kStep = 32;   // positions of a piece of an image
constexpr int kStages = 4;  // two are copied, one is used, one may still be
constexpr int kSwizzledRow = 128;
constexpr int kSlab = 64;  // positions of a slab of the masks
constexpr int kSlabBytes = kRows * kSwizzledRow;
constexpr int kAtomBytes = kStep * kSwizzledRow;  // of 64 channels
constexpr int kStageBytes = kColumns / 64 * kAtomBytes;
constexpr int kImagePieces = kStep * kColumns / 8 / kThreads;  // of 16 bytes, a thread
constexpr int kSums = kColumns / 2;
constexpr int kRowGroupBytes = 8 * kSwizzledRow;

__host__ __device__ constexpr int slabs(int padded_positions) {
  return (padded_positions + kSlab - 1) / kSlab;
}
// The ring begins where swizzling repeats.
constexpr int shared_bytes(int padded_positions) {
  return kRowGroupBytes + slabs(padded_positions) * kSlabBytes + kStages * kStageBytes;
}

__device__ __forceinline__ unsigned swizzled(int row, int piece) {
  return static_cast<unsigned>(row * kSwizzledRow + ((piece ^ (row % 8)) << 4));
}

__device__ __forceinline__ void copy16(unsigned to, const char* from, bool inside) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
               :
               : "r"(to), "l"(from), "r"(inside ? 16 : 0)
               : "memory");
}

// Of an operand in rows of 128 swizzled bytes; leading: bytes between groups of 64 channels of a
// transposed one.
__device__ __forceinline__ std::uint64_t descriptor(unsigned address, unsigned leading) {
  return static_cast<std::uint64_t>((address & 0x3ffffu) >> 4) |
         static_cast<std::uint64_t>(leading >> 4) << 16 |
         static_cast<std::uint64_t>(kRowGroupBytes >> 4) << 32 | std::uint64_t{1} << 62;
}

struct Fp16 {
  using Pair = __half2;
  static __device__ float2 unpack(Pair pair) { return __half22float2(pair); }
};
struct Bf16 {
  using Pair = __nv_bfloat162;
  static __device__ float2 unpack(Pair pair) { return __bfloat1622float2(pair); }
};

#define CORTICAST_S8(i)                                                                       \
  "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), \
      "+f"(d[i + 6]), "+f"(d[i + 7])
#define CORTICAST_WGMMA(TYPE)                                                                     \
  asm volatile(                                                                                   \
      "{\n.reg .pred p;\nsetp.ne.b32 p, %98, 0;\n"                                                \
      "wgmma.mma_async.sync.aligned.m64n192k16.f32." TYPE "." TYPE                                \
      " {%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, "        \
      "%18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, %32, %33, %34, "     \
      "%35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, %48, %49, %50, %51, "     \
      "%52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, %64, %65, %66, %67, %68, "     \
      "%69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, %80, %81, %82, %83, %84, %85, "     \
      "%86, %87, %88, %89, %90, %91, %92, %93, %94, %95}, %96, %97, p, 1, 1, 0, 1;\n}\n"          \
      : CORTICAST_S8(0), CORTICAST_S8(8), CORTICAST_S8(16), CORTICAST_S8(24), CORTICAST_S8(32),   \
        CORTICAST_S8(40), CORTICAST_S8(48), CORTICAST_S8(56), CORTICAST_S8(64), CORTICAST_S8(72), \
        CORTICAST_S8(80), CORTICAST_S8(88)                                                        \
      : "l"(left), "l"(right), "r"(add))

// d = masks * image (+ d) over 16 positions, in the background.
template <class F>
__device__ __forceinline__ void multiply(std::uint64_t left, std::uint64_t right, int add,
                                         float (&d)[kSums]) {
  if constexpr (std::is_same_v<F, Fp16>) {
    CORTICAST_WGMMA("f16");
  } else {
    CORTICAST_WGMMA("bf16");
  }
}
#undef CORTICAST_WGMMA
#undef CORTICAST_S8

// Masks of the block's rows, all positions; zeros where there are none.
__device__ __forceinline__ void copy_masks(const Problem& problem, const Work& work,
                                           unsigned masks) {
  const int pieces = slabs(problem.padded_positions) * kSlab / 8;  // of a row
  for (int i = static_cast<int>(threadIdx.x); i < kRows * pieces; i += kThreads) {
    const int row = i / pieces;
    const int piece = i % pieces;
    const bool inside = row < work.rows && piece * 8 < problem.padded_positions;
    const std::size_t element = (work.first_row + static_cast<std::size_t>(row)) *
                                    static_cast<std::size_t>(problem.padded_positions) +
                                static_cast<std::size_t>(piece) * 8;
    copy16(masks + static_cast<unsigned>(piece / 8 * kSlabBytes) + swizzled(row, piece % 8),
           inside ? problem.spatial + element * 2 : problem.spatial, inside);
  }
}

// Which piece of which image is copied next.
struct Next {
  int channel = 0;
  int image;
  int position = 0;

  __device__ void advance(const Problem& problem, const Work& work) {
    position += kStep;
    if (position < problem.padded_positions) return;
    position = 0;
    if (++image < work.last_image) return;
    image = work.first_image;
    channel += kColumns;
  }
};

__device__ __forceinline__ void copy_piece(const Problem& problem, const Next& next,
                                           unsigned stage) {
  if (next.channel >= problem.channels) return;
  const char* const image = problem.x + static_cast<std::size_t>(next.image) *
                                            static_cast<std::size_t>(problem.padded_positions) *
                                            static_cast<std::size_t>(problem.channels) * 2;
#pragma unroll
  for (int i = 0; i < kImagePieces; ++i) {
    constexpr int kPerPosition = kColumns / 8;
    const int index = static_cast<int>(threadIdx.x) + i * kThreads;
    const int row = index / kPerPosition;
    const int piece = index % kPerPosition;
    const int position = next.position + row;
    const int channel = next.channel + piece * 8;
    const bool inside = position < problem.padded_positions && channel < problem.channels;
    const char* from =
        image + (static_cast<std::size_t>(position) * static_cast<std::size_t>(problem.channels) +
                 static_cast<std::size_t>(channel)) *
                    2;
    copy16(stage + static_cast<unsigned>(piece / 8 * kAtomBytes) + swizzled(row, piece % 8),
           inside ? from : image, inside);
  }
}

// One warpgroup's lane holds, of each 8 channels, two of row `row` and two of row + 8.
template <class F>
struct Features {
  typename F::Pair pairs[2][kColumns / 8];

  __device__ void load(const Problem& problem, const Work& work, int row, int first_channel) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int r = row + 8 * half;
      const std::size_t element = (work.first_row + static_cast<std::size_t>(r)) *
                                  static_cast<std::size_t>(problem.channels);
      const auto* from = reinterpret_cast<const typename F::Pair*>(problem.features + element * 2);
#pragma unroll
      for (int j = 0; j < kColumns / 8; ++j) {
        const int channel = first_channel + 8 * j + static_cast<int>(threadIdx.x) % 4 * 2;
        pairs[half][j] =
            r < work.rows && channel < problem.channels ? from[channel / 2] : typename F::Pair{};
      }
    }
  }

  // Over the channels of the four lanes of a row.
  __device__ float contract(const float (&sums)[kSums], int half) const {
    float even = 0;
    float odd = 0;
#pragma unroll
    for (int j = 0; j < kColumns / 8; ++j) {
      const float2 scale = F::unpack(pairs[half][j]);
      even = fmaf(scale.x, sums[4 * j + 2 * half], even);
      odd = fmaf(scale.y, sums[4 * j + 2 * half + 1], odd);
    }
    float total = even + odd;
    total += __shfl_xor_sync(0xffffffffu, total, 1);
    total += __shfl_xor_sync(0xffffffffu, total, 2);
    return total;
  }
};

template <class F>
__device__ __forceinline__ void read_out(const Problem& problem) {
  extern __shared__ unsigned char dynamic[];
  const auto begin = static_cast<unsigned>(__cvta_generic_to_shared(dynamic));
  const unsigned masks = (begin + kRowGroupBytes - 1) / kRowGroupBytes * kRowGroupBytes;
  const unsigned ring = masks + static_cast<unsigned>(slabs(problem.padded_positions) * kSlabBytes);
  const Work work = tensor::work_of<kRows>(problem, blockIdx.x);
  const int group = static_cast<int>(threadIdx.x) / 128;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int row = group * 64 + static_cast<int>(threadIdx.x) % 128 / 32 * 16 + lane / 4;
  const unsigned left = masks + static_cast<unsigned>(group * 64 * kSwizzledRow);

  Next next{.image = work.first_image};
  unsigned filled = 0;  // stage that is filled next
  unsigned used = 0;    // and used
  const auto copy_next = [&] {
    copy_piece(problem, next, ring + filled * kStageBytes);
    asm volatile("cp.async.commit_group;" : : : "memory");
    next.advance(problem, work);
    filled = (filled + 1) % kStages;
  };
  copy_masks(problem, work, masks);
  copy_next();
  copy_next();

  for (int channel = 0; channel < problem.channels; channel += kColumns) {
    Features<F> features;
    features.load(problem, work, row, channel);
    for (int image = work.first_image; image < work.last_image; ++image) {
      float sums[kSums];
      for (int position = 0; position < problem.padded_positions; position += kStep) {
        asm volatile("cp.async.wait_group 1;" : : : "memory");
        asm volatile("fence.proxy.async.shared::cta;" : : : "memory");
        // The piece is complete; the one before the last is read no more.
        __syncthreads();
        const unsigned a =
            left + static_cast<unsigned>(position / kSlab * kSlabBytes + position % kSlab * 2);
        const unsigned b = ring + used * kStageBytes;
        asm volatile("wgmma.fence.sync.aligned;" : : : "memory");
        multiply<F>(descriptor(a, 16), descriptor(b, kAtomBytes), position, sums);
        multiply<F>(descriptor(a + 32, 16), descriptor(b + 2 * kRowGroupBytes, kAtomBytes), 1,
                    sums);
        asm volatile("wgmma.commit_group.sync.aligned;" : : : "memory");
        copy_next();
        asm volatile("wgmma.wait_group.sync.aligned 1;" : : : "memory");
        used = (used + 1) % kStages;
      }
      asm volatile("wgmma.wait_group.sync.aligned 0;" : : : "memory");
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const float total = features.contract(sums, half);
        const int r = row + 8 * half;
        if (lane % 4 != 0 || r >= work.rows) continue;
        const std::size_t vertex = work.first_row + static_cast<std::size_t>(r);
        float* const to = problem.y + static_cast<std::size_t>(image) * problem.rows + vertex;
        *to = (channel == 0 ? problem.bias[vertex] : *to) + total;
      }
    }
  }
  asm volatile("cp.async.wait_all;" : : : "memory");
}

}  // namespace corticast::kernels::cuda::hopper
