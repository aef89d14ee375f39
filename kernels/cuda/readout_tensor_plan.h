// How the tensor-core readout is cut into pieces: which tile a block computes, how much of it lies
// in shared memory, and which block does what. Plain arithmetic, no CUDA: tested on the host.
//
// A block keeps Tile::rows rows. In turns ("passes") of Tile::columns channels, and in turns of a
// stretch of the positions, it walks over its images; per image, pass and stretch the products of
// masks and image lie in registers until they are contracted with the features. The features of a
// pass stay in registers, the masks of a stretch in shared memory, while the images pass by. So
// masks and features are read once per batch as long as either one pass covers all channels or one
// stretch all positions, which each tile below does for the 384 channels and 676 positions of
// CNN8.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

namespace corticast::kernels::cuda::tensor {

struct Tile {
  int rows;
  int columns;  // channels of a pass
  int warp_rows;
  int warp_columns;
  int element_bytes;
  int atom;          // positions that one call of the matrix instructions takes
  int step_atoms;    // atoms of a piece of the image in shared memory
  int pad;           // bytes that a position's channels are longer in shared memory, for the banks
  int most_stages;   // pieces in shared memory
  bool whole_masks;  // one stretch or not at all

  constexpr int row_warps() const { return rows / warp_rows; }
  constexpr int column_warps() const { return columns / warp_columns; }
  constexpr int threads() const { return 32 * row_warps() * column_warps(); }
  constexpr int step() const { return atom * step_atoms; }
  constexpr int image_pitch() const { return columns * element_bytes + pad; }
  constexpr int piece_bytes() const { return step() * image_pitch(); }
  constexpr int sums_bytes() const { return 4 * rows * column_warps(); }
  // Of shared memory but pieces and masks: what the block does, and the sums of its warps.
  constexpr int other_bytes() const { return 32 + sums_bytes(); }
};

// What a tile costs beside the weights is the reading of images, once for each tile of rows, from
// L2 (an image is 0.5 MB, 1 MB of float32). Computed for CNN8's 57,051 rows, per image: 236 MB with
// kTall, 471 MB with kWide and kTuring, 932 MB with kWideFloat.

// 227 KB of shared memory a block (Hopper, data-centre Blackwell): 174 KB of masks, 4 x 12.5 KB of
// images, two passes.
inline constexpr Tile kTall{128, 192, 64, 48, 2, 16, 2, 16, 4, true};
// 163 KB (A100): one stretch, 87 KB of masks, 3 x 24.5 KB of images; 99 KB (8.6, 8.9, 12.0): two
// stretches, 45 KB, 2 x 24.5 KB. One pass.
inline constexpr Tile kWide{64, 384, 32, 96, 2, 16, 2, 16, 3, false};
// float32: 227 and 163 KB: two stretches, 87 KB of masks, 3 x 24.5 KB of images; 99 KB: four
// stretches, 45 KB, 2 x 24.5 KB. One pass.
inline constexpr Tile kWideFloat{64, 384, 32, 96, 4, 8, 2, 32, 3, false};
// 64 KB (T4): three stretches, 31 KB of masks, 2 x 12.3 KB of images. One pass.
inline constexpr Tile kTuring{64, 384, 32, 96, 2, 16, 1, 16, 2, false};

// What lies in shared memory: other_bytes(), `stages` pieces of the image, masks.
struct Plan {
  int atoms;          // of an image
  int stretch_atoms;  // of a stretch, but the last may have fewer
  int stages;         // at least 2
  int spatial_pitch;  // bytes from row to row of the masks
  std::size_t shared_bytes;
};

// Odd multiples of 16 bytes, so that eight rows one below the other lie in different banks.
constexpr int spatial_pitch(const Tile& tile, int atoms) {
  return atoms * tile.atom * tile.element_bytes + 16;
}

// Three stages where that takes at most two stretches, else two; then the fewest stretches, then
// all stages there is room for. Nothing where even that does not fit.
constexpr std::optional<Plan> plan(const Tile& tile, int positions, std::size_t shared_bytes) {
  // A sum over the warps is read one step after it was written and must be read before the next:
  // an image is at least two steps. Masks and images are padded to that with zeros.
  const int atoms = std::max((positions + tile.atom - 1) / tile.atom, 2 * tile.step_atoms);
  const auto bytes = [&](int stretch_atoms, int stages) {
    return static_cast<std::size_t>(tile.other_bytes() + stages * tile.piece_bytes()) +
           static_cast<std::size_t>(tile.rows) *
               static_cast<std::size_t>(spatial_pitch(tile, stretch_atoms));
  };
  for (const int least : {3, 2}) {
    if (least > tile.most_stages) continue;
    const int most_stretches = tile.whole_masks ? 1 : least == 3 ? 2 : atoms;
    for (int stretches = 1; stretches <= most_stretches; ++stretches) {
      const int stretch_atoms = (atoms + stretches - 1) / stretches;
      if (bytes(stretch_atoms, least) > shared_bytes) continue;
      int stages = least;
      while (stages < tile.most_stages && bytes(stretch_atoms, stages + 1) <= shared_bytes) {
        ++stages;
      }
      // The next stretch moves in, stages - 1 steps ahead, behind the steps that still use this.
      const int last_atoms = (atoms - 1) % stretch_atoms + 1;
      if (stretches > 1 && last_atoms < stages * tile.step_atoms) continue;
      return Plan{atoms, stretch_atoms, stages, spatial_pitch(tile, stretch_atoms),
                  bytes(stretch_atoms, stages)};
    }
  }
  return std::nullopt;
}

// Which blocks do which images. Blocks [0, whole) have a tile of rows and all images each; of the
// tiles after those each is shared by `groups` blocks that lie side by side.
struct Schedule {
  std::size_t whole;
  std::size_t blocks;
  int groups;
  int images_per_group;
};

// The multiprocessors take whole tiles in rounds. Tiles that do not make a full round are split by
// images, as far as that fills the round: each group reads the tile's masks and features anew, so
// the splits of a long schedule are kept to an eighth of them.
constexpr Schedule schedule(const Tile& tile, std::size_t rows, std::size_t images,
                            int multiprocessors) {
  const std::size_t tiles =
      (rows + static_cast<std::size_t>(tile.rows) - 1) / static_cast<std::size_t>(tile.rows);
  const auto round = static_cast<std::size_t>(std::max(multiprocessors, 1));
  const std::size_t rest = tiles % round;
  if (rest == 0) return {tiles, tiles, 1, static_cast<int>(images)};
  std::size_t groups = std::min(round / rest, images);
  if (tiles > round) groups = std::min(groups, 1 + tiles / 8 / rest);
  const std::size_t per_group = (images + groups - 1) / groups;
  groups = (images + per_group - 1) / per_group;
  return {tiles - rest, tiles - rest + rest * groups, static_cast<int>(groups),
          static_cast<int>(per_group)};
}

}  // namespace corticast::kernels::cuda::tensor
