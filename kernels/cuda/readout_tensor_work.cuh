// Who copies what in the tensor-core readout: the work of a block, the order in which it needs
// pieces of images and masks, and which 16 bytes of them a thread moves. With the pieces of a
// stretch's first image come the same positions of the masks, which stay for the other images.
#pragma once

#include "kernels/cuda/kernels.h"
#include "kernels/cuda/readout_tensor_copies.cuh"
#include "kernels/cuda/readout_tensor_fragments.cuh"
#include "kernels/cuda/readout_tensor_plan.h"

namespace corticast::kernels::cuda::tensor {

struct Problem {
  std::size_t rows;
  int images;
  int padded_positions;
  int channels;
  Plan plan;
  Schedule schedule;
  const char* spatial;
  const char* features;
  const float* bias;
  const char* x;
  float* y;
};

// threadIdx.x, but the compiler cannot know that it is the same each time. What depends on it is
// computed anew where it is needed: kept, it would take more registers than there are.
__device__ inline int opaque_thread() {
  int thread = static_cast<int>(threadIdx.x);
  asm volatile("" : "+r"(thread));
  return thread;
}

// What one block of the grid does. In shared memory, to spare registers.
struct alignas(16) Work {
  std::size_t first_row;
  int rows;  // of its tile's that exist
  int first_image;
  int last_image;
};

template <int kRows>
__device__ Work work_of(const Problem& problem, std::size_t block) {
  const Schedule& schedule = problem.schedule;
  Work work{block * kRows, kRows, 0, problem.images};
  if (block >= schedule.whole) {
    const auto rest = static_cast<unsigned>(block - schedule.whole);
    const auto groups = static_cast<unsigned>(schedule.groups);
    work.first_row = (schedule.whole + rest / groups) * kRows;
    work.first_image = static_cast<int>(rest % groups) * schedule.images_per_group;
    work.last_image = min(work.first_image + schedule.images_per_group, problem.images);
  }
  work.rows = static_cast<int>(min(std::size_t{kRows}, problem.rows - work.first_row));
  return work;
}

// Of the stretch that begins there.
__device__ inline int atoms_of(const Plan& plan, int begin) {
  return min(plan.stretch_atoms, plan.atoms - begin);
}

// Which piece is copied next.
struct Cursor {
  int channel = 0;  // first of the pass
  int begin = 0;    // first atom of the stretch
  int image;
  int atom = 0;  // within the stretch

  __device__ bool left(const Problem& problem) const { return channel < problem.channels; }
  template <class T>
  __device__ void advance(const Problem& problem, const Work& work) {
    atom += T::kTile.step_atoms;
    if (atom < atoms_of(problem.plan, begin)) return;
    atom = 0;
    if (++image < work.last_image) return;
    image = work.first_image;
    begin += problem.plan.stretch_atoms;
    if (begin < problem.plan.atoms) return;
    begin = 0;
    channel += T::kTile.columns;
  }
};

// A kernel: how it multiplies, its tile, how it copies.
template <class F, Tile tile, template <int> class C>
struct Variant {
  using Fragments = F;
  static constexpr Tile kTile = tile;
  static constexpr int kThreads = tile.threads();
  static constexpr int kColumnWarps = tile.column_warps();
  static constexpr int kImagePitch = tile.image_pitch();
  static constexpr int kPieceBytes = tile.piece_bytes();
  static constexpr int kSumsBytes = tile.sums_bytes();
  static constexpr int kTileCount = tile.warp_rows / 16;  // of 16 rows each, of a warp
  static constexpr int kGroups = tile.warp_columns / F::kGroup;
  static_assert(tile.atom == F::kAtom && tile.element_bytes == F::kBytes);
  static_assert(tile.other_bytes() == sizeof(Work) + tile.sums_bytes());
  static_assert(tile.rows <= kThreads);  // of those each keeps the output of a row

  // Every thread copies kImagePieces x 16 bytes of one position of the image, and up to
  // kMaskPieces x 16 bytes of the masks.
  static constexpr int kThreadsPerPosition = kThreads / tile.step();
  static constexpr int kImagePieces = tile.columns * F::kBytes / 16 / kThreadsPerPosition;
  static constexpr int kMaskPiecesPerRow = tile.step() * F::kBytes / 16;
  static constexpr int kMaskPieces = (tile.rows * kMaskPiecesPerRow + kThreads - 1) / kThreads;
  static_assert(kThreadsPerPosition * tile.step() == kThreads);
  static_assert(kImagePieces * kThreadsPerPosition * 16 == tile.columns * F::kBytes);
  using Copies = C<kImagePieces + kMaskPieces>;

  using Sums = float[kTileCount][kGroups][F::kTiles][4];
  using Features = typename F::Features[kTileCount][2][kGroups];
};

// Calls visit(piece, to, from, inside) for each 16 bytes that this thread copies of the cursor's
// piece; those not inside are to be zeros. `image` and `masks` are addresses in shared memory.
template <class T, class Visit>
__device__ __forceinline__ void visit_pieces(const Problem& problem, const Work& work,
                                             const Cursor& cursor, unsigned image, unsigned masks,
                                             const Visit& visit) {
  constexpr Tile kTile = T::kTile;
  constexpr int kBytes = kTile.element_bytes;
  const int thread = opaque_thread();
  const int positions =
      min(kTile.step_atoms, atoms_of(problem.plan, cursor.begin) - cursor.atom) * kTile.atom;
  const int first_position = (cursor.begin + cursor.atom) * kTile.atom;

  const int position = thread / T::kThreadsPerPosition;
  if (position < positions) {
    const int left = min(kTile.columns, problem.channels - cursor.channel);
    // Zeros up to the end of the last warp that has channels; the others do not multiply.
    const int end = (left + kTile.warp_columns - 1) / kTile.warp_columns * kTile.warp_columns;
    const std::size_t row = static_cast<std::size_t>(cursor.image) *
                                static_cast<std::size_t>(problem.padded_positions) +
                            static_cast<std::size_t>(first_position + position);
    const int first = thread % T::kThreadsPerPosition * 16;
    const char* from = problem.x + first +
                       (row * static_cast<std::size_t>(problem.channels) +
                        static_cast<std::size_t>(cursor.channel)) *
                           kBytes;
    const unsigned to = image + static_cast<unsigned>(position * T::kImagePitch + first);
#pragma unroll
    for (int i = 0; i < T::kImagePieces; ++i) {
      constexpr int kStride = T::kThreadsPerPosition * 16;
      if (first + i * kStride >= end * kBytes) continue;
      const bool inside = first + i * kStride < left * kBytes;
      visit(i, to + static_cast<unsigned>(i * kStride), from + i * kStride, inside);
    }
  }

  if (cursor.image != work.first_image) return;
  if (problem.plan.stretch_atoms >= problem.plan.atoms && cursor.channel != 0) return;
#pragma unroll
  for (int i = 0; i < T::kMaskPieces; ++i) {
    const int index = thread + i * T::kThreads;
    const int row = index / T::kMaskPiecesPerRow;
    const int offset = index % T::kMaskPiecesPerRow * 16;
    if (row >= kTile.rows || offset >= positions * kBytes) continue;
    const bool inside = row < work.rows;
    const std::size_t element = (work.first_row + static_cast<std::size_t>(row)) *
                                    static_cast<std::size_t>(problem.padded_positions) +
                                static_cast<std::size_t>(first_position);
    visit(T::kImagePieces + i,
          masks + static_cast<unsigned>(row * problem.plan.spatial_pitch +
                                        cursor.atom * kTile.atom * kBytes + offset),
          problem.spatial + element * kBytes + offset, inside);
  }
}

}  // namespace corticast::kernels::cuda::tensor
