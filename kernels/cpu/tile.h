// The register tile under the convolution and the readout: kTileRows rows of numbers times a panel
// of kPanel columns, summed over a short stretch. Included only by sources that are compiled once
// per instruction set with CORTICAST_LANES and CORTICAST_VECTORS defined; no library headers,
// because code compiled for AVX-512 must not leak into inline functions that the linker shares with
// the rest of the program.
#pragma once

#include <cstddef>

namespace corticast::kernels::cpu {
namespace {

// Internal linkage is the point: every instruction set has its own.
// NOLINTBEGIN(misc-definitions-in-headers)
constexpr std::size_t kLanes = CORTICAST_LANES;
constexpr std::size_t kVectors = CORTICAST_VECTORS;
constexpr std::size_t kPanel = kLanes * kVectors;
constexpr std::size_t kTileRows = 6;
// NOLINTEND(misc-definitions-in-headers)

typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias));

inline const Vector& vector_at(const float* from) {
  return *static_cast<const Vector*>(static_cast<const void*>(from));
}
inline Vector& vector_at(float* from) {
  return *static_cast<Vector*>(static_cast<void*>(from));
}

// product[r][j] = sum over k < length of rows[r][k] * panel[k][j], any length.
inline void multiply_tile(const float* const* rows, const float* panel, std::size_t length,
                          Vector (&product)[kTileRows][kVectors]) {
  for (std::size_t r = 0; r < kTileRows; ++r) {
    for (std::size_t j = 0; j < kVectors; ++j) product[r][j] = Vector{};
  }
  for (std::size_t k = 0; k < length; ++k) {
    Vector columns[kVectors];
    for (std::size_t j = 0; j < kVectors; ++j) {
      columns[j] = vector_at(panel + k * kPanel + j * kLanes);
    }
    for (std::size_t r = 0; r < kTileRows; ++r) {
      for (std::size_t j = 0; j < kVectors; ++j) product[r][j] += rows[r][k] * columns[j];
    }
  }
}

}  // namespace
}  // namespace corticast::kernels::cpu
