// The tensor-core readout of one block: tile, stretches and passes as readout_tensor_plan.h cuts
// them. A ring of pieces of the image (a step of positions x the channels of a pass) in shared
// memory is filled `stages` - 1 steps ahead, across the ends of images, stretches and passes; with
// the pieces of a stretch's first image come the same positions of the masks, which stay. One
// barrier a step: it shows every warp the piece to use, and that the oldest is no longer in use.
// The sums of an image's warps meet in shared memory and are added up behind the next such barrier.
//
// Registers of a lane, 384 channels x 64 rows or 192 x 128 on 8 warps: 96 sums, 48 of features, up
// to 16 + 4 operands; TF32 on 12 warps: 64, 64, 8 + 8.
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

  // A step of the image: every thread copies of one position. Of the masks: as many rows as it has
  // to.
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

template <class T>
__device__ __forceinline__ void load_features(const Problem& problem, const Work& work,
                                              int first_row, int first_channel, int lane,
                                              typename T::Features& features) {
  using F = typename T::Fragments;
#pragma unroll
  for (int tile = 0; tile < T::kTileCount; ++tile) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int row = first_row + 16 * tile + 8 * half + lane / 4;
      const std::size_t element = (work.first_row + static_cast<std::size_t>(row)) *
                                      static_cast<std::size_t>(problem.channels) +
                                  static_cast<std::size_t>(first_channel);
      const char* from = problem.features + element * F::kBytes;
#pragma unroll
      for (int group = 0; group < T::kGroups; ++group) {
        const int left = row < work.rows ? problem.channels - first_channel - group * F::kGroup : 0;
        features[tile][half][group] =
            F::load_features(from + group * F::kGroup * F::kBytes, left, lane);
      }
    }
  }
}

// sums += masks * image over one atom. left, right: this lane's places in the operands.
template <class T>
__device__ __forceinline__ void multiply_atom(unsigned left, int spatial_pitch, unsigned right,
                                              typename T::Sums& sums) {
  using F = typename T::Fragments;
  unsigned a[T::kTileCount][4];
#pragma unroll
  for (int tile = 0; tile < T::kTileCount; ++tile) {
    F::load_left(left + static_cast<unsigned>(16 * tile * spatial_pitch), a[tile]);
  }
#pragma unroll
  for (int group = 0; group < T::kGroups; ++group) {
    unsigned b[F::kTiles][2];
    F::template load_right<T::kImagePitch>(
        right + static_cast<unsigned>(group * F::kGroup * F::kBytes), b);
#pragma unroll
    for (int tile = 0; tile < T::kTileCount; ++tile) {
#pragma unroll
      for (int column = 0; column < F::kTiles; ++column) {
        F::multiply(a[tile], b[column], sums[tile][group][column]);
      }
    }
  }
}

// Multiplies the sums by the features and adds them up over the channels of this warp, for each of
// its rows.
template <class T>
__device__ __forceinline__ void contract(const typename T::Features& features,
                                         const typename T::Sums& sums, int lane,
                                         float* sums_of_rows) {
  using F = typename T::Fragments;
#pragma unroll
  for (int tile = 0; tile < T::kTileCount; ++tile) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      float total = 0;
#pragma unroll
      for (int group = 0; group < T::kGroups; ++group) {
        total = F::contract(features[tile][half][group], sums[tile][group], half, total);
      }
      total += __shfl_xor_sync(0xffffffffu, total, 1);
      total += __shfl_xor_sync(0xffffffffu, total, 2);
      if (lane % 4 == 0) sums_of_rows[16 * tile + 8 * half + lane / 4] = total;
    }
  }
}

template <class T>
__device__ __forceinline__ void read_out(const Problem& problem) {
  using F = typename T::Fragments;
  using Copies = typename T::Copies;
  constexpr Tile kTile = T::kTile;
  extern __shared__ __align__(16) unsigned char dynamic[];
  auto* warp_sums = reinterpret_cast<float*>(dynamic + sizeof(Work));
  const auto ring = static_cast<unsigned>(__cvta_generic_to_shared(dynamic)) +
                    static_cast<unsigned>(sizeof(Work) + T::kSumsBytes);
  const unsigned masks = ring + static_cast<unsigned>(problem.plan.stages * T::kPieceBytes);

  auto& work = *reinterpret_cast<Work*>(dynamic);
  if (threadIdx.x == 0) work = work_of<kTile.rows>(problem, blockIdx.x);
  __syncthreads();
  const int thread = static_cast<int>(threadIdx.x);
  const int lane = thread % 32;
  const int warp_row = thread / 32 / T::kColumnWarps * kTile.warp_rows;
  const int column_warp = thread / 32 % T::kColumnWarps;
  const int warp_column = column_warp * kTile.warp_columns;
  const unsigned left =
      masks +
      static_cast<unsigned>((warp_row + lane % 16) * problem.plan.spatial_pitch + lane / 16 * 16);
  const auto right =
      static_cast<unsigned>(warp_column * F::kBytes + F::right_offset(lane, T::kImagePitch));

  Cursor cursor{.image = work.first_image};
  int filled = 0;  // stage of the ring that is filled next
  int used = 0;    // and used
  const auto next = [&](int stage) { return stage + 1 == problem.plan.stages ? 0 : stage + 1; };
  const auto stage_address = [&](int stage) {
    return ring + static_cast<unsigned>(stage * T::kPieceBytes);
  };
  const auto begin = [&](Copies* copies) {
    if (cursor.left(problem)) {
      visit_pieces<T>(problem, work, cursor, stage_address(filled), masks,
                      [&](int piece, unsigned to, const char* from, bool inside) {
                        copies->begin(piece, to, from, inside);
                      });
    }
    Copies::commit();
  };
  const auto end = [&](Copies* copies) {
    if (cursor.left(problem)) {
      if constexpr (Copies::kEnds) {
        visit_pieces<T>(problem, work, cursor, stage_address(filled), masks,
                        [&](int piece, unsigned to, const char*, bool) { copies->end(piece, to); });
      }
      cursor.template advance<T>(problem, work);
    }
    filled = next(filled);
  };
  for (int stage = 0; stage < problem.plan.stages - 1; ++stage) {
    Copies copies;
    begin(&copies);
    end(&copies);
  }

  // The first threads have one row's output each.
  float before = 0;  // what the sums in warp_sums are to be added to
  int summed = -1;   // the image that they belong to
  const auto output = [&](int image) {
    return problem.y + static_cast<std::size_t>(image) * problem.rows + work.first_row +
           opaque_thread();
  };
  const auto write = [&] {
    float sum = 0;
#pragma unroll
    for (int warp = 0; warp < T::kColumnWarps; ++warp) {
      sum += warp_sums[warp * kTile.rows + opaque_thread()];
    }
    *output(summed) = before + sum;
  };

  for (int channel = 0; channel < problem.channels; channel += kTile.columns) {
    // A warp whose rows or channels do not exist copies and waits with the others.
    const bool busy = warp_row < work.rows && channel + warp_column < problem.channels;
    typename T::Features features;
    load_features<T>(problem, work, warp_row, channel + warp_column, lane, features);
    for (int begin_atom = 0; begin_atom < problem.plan.atoms;
         begin_atom += problem.plan.stretch_atoms) {
      const int atoms = atoms_of(problem.plan, begin_atom);
      for (int image = work.first_image; image < work.last_image; ++image) {
        typename T::Sums sums = {};
        for (int atom = 0; atom < atoms; atom += kTile.step_atoms) {
          Copies::wait(problem.plan.stages);
          __syncthreads();  // the piece is complete, the last one and its masks no longer read
          if (atom == 0 && thread < work.rows) {
            if (summed >= 0) write();
            const bool first = channel == 0 && begin_atom == 0;
            before = first ? problem.bias[work.first_row + static_cast<unsigned>(opaque_thread())]
                           : *output(image);
          }
          Copies copies;
          begin(&copies);
          if (busy) {
            const unsigned a = left + static_cast<unsigned>(atom * kTile.atom * F::kBytes);
            const unsigned b = right + stage_address(used);
            constexpr int kAtomPitch = kTile.atom * T::kImagePitch;
            if (atom + kTile.step_atoms <= atoms) {
#pragma unroll
              for (int i = 0; i < kTile.step_atoms; ++i) {
                multiply_atom<T>(a + static_cast<unsigned>(i * kTile.atom * F::kBytes),
                                 problem.plan.spatial_pitch,
                                 b + static_cast<unsigned>(i * kAtomPitch), sums);
              }
            } else {
              multiply_atom<T>(a, problem.plan.spatial_pitch, b, sums);
            }
          }
          end(&copies);
          used = next(used);
        }
        contract<T>(features, sums, lane, warp_sums + column_warp * kTile.rows + warp_row);
        summed = image;
      }
    }
  }
  __syncthreads();  // the last image's sums are complete
  if (thread < work.rows) write();
}

}  // namespace corticast::kernels::cuda::tensor
