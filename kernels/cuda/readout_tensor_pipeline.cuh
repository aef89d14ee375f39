// The tensor-core readout of one block: tile, stretches and passes as readout_tensor_plan.h cuts
// them. A ring of pieces of the image in shared memory (a step of positions x the channels of a
// pass) is filled `stages` - 1 steps ahead, across the ends of images, stretches and passes. One
// barrier a step: behind it every warp sees the piece to use, and the one before is in use no more.
// The sums of an image's warps meet in shared memory and are added up behind the next such barrier.
//
// Registers of a lane, eight warps: 96 sums; 48 of features (16-bit pairs) or 96 (float32); 8 or 16
// of a left operand and 4 or 8 of a right one at a time. What is left of 255 has to do for
// addresses and counters, hence opaque_thread() and Work in shared memory. One block a
// multiprocessor.
#pragma once

#include "kernels/cuda/readout_tensor_work.cuh"

namespace corticast::kernels::cuda::tensor {

// Of a warp's rows and channels; zeros where there are none.
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

// All of a block's work.
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
