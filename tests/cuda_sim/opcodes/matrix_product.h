// The arithmetic of mma.sync and wmma.mma on registers.
//
// Products are summed in double precision, C is added, and the result is rounded once to the type
// of D (to nearest even). f16, bf16 and tf32 products are exact that way. Tensor cores differ: they
// align and truncate partial sums, in an order that is not documented, so the last bits of real
// results differ from these. NaN results are canonical. The low 13 bits of a tf32 operand are
// ignored. Integers are exact; the sum wraps, or saturates with .satfinite. f64 is a chain of fused
// multiply-adds in ascending k.
#pragma once

#include <cstdint>

#include "tests/cuda_sim/machine/warp.h"
#include "tests/cuda_sim/opcodes/matrix_layout.h"

namespace cuda_sim {

// Detail of a product step. Its operands are the registers of D, A, B and C, as many as written;
// wmma writes 16-bit fragments with more registers than elements, whose rest repeats the first ones
// (its values are not read).
struct ProductForm {
  MatrixShape shape;
  Element a = Element::kF16;
  Element b = Element::kF16;
  Element c = Element::kF32;
  Element d = Element::kF32;
  bool saturate = false;
  std::uint8_t d_registers = 0;
  std::uint8_t a_registers = 0;
  std::uint8_t b_registers = 0;
};
void execute_product(Warp& warp, const Step& step);

// Reports a matrix operation that only part of the warp executes, and stops the kernel
// (KernelFault).
void check_whole_warp(Warp& warp, const Step& step);

}  // namespace cuda_sim
