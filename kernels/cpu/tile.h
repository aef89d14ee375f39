// The register tile under the convolution and the readout: kTileRows rows of numbers times a panel
// of kPanel columns, summed over a short stretch. Included only by sources that are compiled once
// per instruction set with CORTICAST_LANES and CORTICAST_VECTORS defined; no library headers,
// because code compiled for AVX-512 must not leak into inline functions that the linker shares with
// the rest of the program.
//
// Vectors are the compiler's (gcc's and clang's vector extensions), not a library's such as
// Highway: what is needed is load, store, multiply-add with one number spread, which is a * b + c
// on these types, and the tile must know its registers when it is compiled. A library's shuffles,
// masks and scalable vectors would go unused, its way of compiling one source for many sets is what
// the build does in five lines, and nine tenths of the peak leave no speed for it to add.
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

// Rows of numbers lie anywhere, so memory is read and written through a type that is not aligned,
// and only here: in arrays of such a type, and in references to it that functions return, clang
// forgets it.
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), may_alias));
typedef Vector VectorInMemory __attribute__((aligned(4)));

inline Vector load(const float* from) {
  return *static_cast<const VectorInMemory*>(static_cast<const void*>(from));
}
inline void store(float* to, Vector value) {
  *static_cast<VectorInMemory*>(static_cast<void*>(to)) = value;
}

// Memory that will be wanted soon: a cache line is asked for at each step of a tile's sum. Fetching
// the readout's next stretch this way, spread over all tiles of this one, saves 5 to 10 % of its
// time; asking for as much in one go before each tile is worth nothing.
struct Ahead {
  const float* from;
  std::size_t step;  // floats from one request to the next
};

// product[r][j] = sum over k < length of rows[r][k] * panel[k][j], any length. Callers unroll their
// loops over the product, too: indexed by a variable it lives in memory.
inline void multiply_tile(const float* const* rows, const float* panel, std::size_t length,
                          const Ahead& ahead, Vector (&product)[kTileRows][kVectors]) {
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kVectors; ++j) product[r][j] = Vector{};
  }
  const float* wanted = ahead.from;
  for (std::size_t k = 0; k < length; ++k) {
    Vector columns[kVectors];
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kVectors; ++j) {
      columns[j] = load(panel + k * kPanel + j * kLanes);
    }
    __builtin_prefetch(wanted);
    wanted += ahead.step;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 4
      for (std::size_t j = 0; j < kVectors; ++j) product[r][j] += rows[r][k] * columns[j];
    }
  }
}

}  // namespace
}  // namespace corticast::kernels::cpu
