// What becomes of a register tile of spatial * x, whatever format its factors had: multiplied by
// the features and added to each row's sum, lane by lane. Included like tile.h.
#pragma once

#include "kernels/cpu/tile.h"

namespace corticast::kernels::cpu {
namespace {

// A tile's features for one panel of channels.
struct TileFeatures {
  const float* of_row[kTileRows];
  float padded[kTileRows][kPanel];

  // rows: the features of the tile's rows, [channels] each; c: the panel's first channel. Channels
  // beyond the last have features 0.
  TileFeatures(const float* const* rows, std::size_t channels, std::size_t c) {
    const bool whole = c + kPanel <= channels;
    for (std::size_t r = 0; r < kTileRows; ++r) {
      of_row[r] = rows[r] + c;
      if (whole) continue;
      for (std::size_t k = 0; k < kPanel; ++k) {
        padded[r][k] = c + k < channels ? rows[r][c + k] : 0.0f;
      }
      of_row[r] = padded[r];
    }
  }
  TileFeatures(const TileFeatures&) = delete;
  TileFeatures& operator=(const TileFeatures&) = delete;
};

// sums: of the tile's rows.
inline void add_tile(const Vector (&product)[kTileRows][kVectors], const TileFeatures& features,
                     Vector* sums) {
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kVectors; ++j) {
      sums[r] += product[r][j] * load(features.of_row[r] + j * kLanes);
    }
  }
}

inline float sum_of_lanes(const Vector& sums) {
  float sum = 0;
  for (std::size_t k = 0; k < kLanes; ++k) sum += sums[k];
  return sum;
}

}  // namespace
}  // namespace corticast::kernels::cpu
