// The memory side of wmma: how a fragment lies in memory, and moving it.
//
// Memory is touched in pieces of at most 16 bytes of a row (.row) or column (.col), each by one
// lane, in order. Which lane touches what is as opaque as the fragments themselves. The base
// address must be aligned to the fragment's size, as the PTX ISA says ("Matrix Storage for WMMA");
// rows only to 16 bytes (or the fragment's size when that is less), as the CUDA C++ interface
// allows.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/cuda_sim/machine/warp.h"
#include "tests/cuda_sim/opcodes/matrix_layout.h"

namespace cuda_sim {

// Registers that wmma writes a fragment with: eight for f16 multiplicands of every shape.
unsigned wmma_registers(const Fragment& fragment);

// Detail of a load or store step. Its operands: address, stride in elements (32 bits), registers.
struct WmmaMemoryForm {
  unsigned registers = 0;
  unsigned each = 1;  // elements of a register
  unsigned element_bytes = 2;
  unsigned line_bytes = 0;
  unsigned lines = 0;
  unsigned piece_bytes = 16;
  unsigned base_alignment = 1;
  // Index of an element in the matrix, line after line: [register][lane][element].
  std::vector<std::uint16_t> places;
};
WmmaMemoryForm wmma_memory_form(const Fragment& fragment, bool row_major);

void execute_wmma_load(Warp& warp, const Step& step);
void execute_wmma_store(Warp& warp, const Step& step);

}  // namespace cuda_sim
