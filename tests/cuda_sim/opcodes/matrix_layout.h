// Which lane holds which element of a matrix operand: the fragments of mma.sync and wmma.
//
// All follow from one tile: a register of the 32 lanes, read lane after lane, is 8 lines of 4
// lanes. For A a line is a row of A, for B a column of B, for C and D a row. For mma.sync this is
// the layout that the PTX ISA states ("Matrix Fragments for mma.m16n8k16" and its neighbours). The
// fragments of wmma are opaque by the PTX ISA; here they are made of the same tiles, which is what
// compute capability 7.5 and later are known to do for m16n16k16.
#pragma once

#include <cstdint>
#include <string_view>

namespace cuda_sim {

enum class Element : std::uint8_t { kF16, kBf16, kTf32, kF32, kF64, kSigned8, kUnsigned8, kInt32 };

bool parse_element(std::string_view text, Element* out);  // "f16", "s8", ...
bool is_integer8(Element element);
unsigned element_bytes(Element element);
// Of the registers that hold it: 64 for f64, else 32.
unsigned register_bits(Element element);
unsigned elements_per_register(Element element);

// D[m][n] = A[m][k] * B[k][n] + C[m][n].
struct MatrixShape {
  unsigned m = 0;
  unsigned n = 0;
  unsigned k = 0;
  friend bool operator==(const MatrixShape&, const MatrixShape&) = default;
};
bool parse_shape(std::string_view text, MatrixShape* out);  // "m16n8k16"

struct Fragment {
  enum class Part : std::uint8_t { kA, kB, kC };  // kC: D too
  Part part = Part::kA;
  MatrixShape shape;
  Element element = Element::kF16;

  unsigned rows() const { return part == Part::kB ? shape.k : shape.m; }
  unsigned columns() const { return part == Part::kA ? shape.k : shape.n; }
  // Registers of one lane that it takes to hold every element once.
  unsigned registers() const;

  struct Position {
    unsigned row;
    unsigned column;
  };
  // index: of the element in its register, the lowest bits first.
  Position position(unsigned reg, unsigned lane, unsigned index) const;
};

// How the tiles of one product are numbered. Rows of A and C come in blocks of 16 (or 8 when there
// are no more), each of one or two tiles.
//   A's register: (block * k_tiles + k_tile) * tiles_per_block + tile in the block
//   B's register: n_tile * k_tiles + k_tile
//   tile of C:    (block * n_tiles + n_tile) * tiles_per_block + tile in the block; its element
//                 pairs lie in one register (16-bit elements) or in two
struct Tiling {
  Tiling(MatrixShape shape, Element multiplicand);
  unsigned blocks;
  unsigned tiles_per_block;
  unsigned n_tiles;
  unsigned k_tiles;
  unsigned width;  // elements of a line of a tile of A or B
};

}  // namespace cuda_sim
