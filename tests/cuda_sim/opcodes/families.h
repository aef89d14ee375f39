// The opcode families, one file each.
#pragma once

#include <span>

#include "tests/cuda_sim/opcodes/decoder.h"

namespace cuda_sim {

std::span<const Opcode>
arithmetic_opcodes();  // add, sub, mul, mad, fma, div, rem, min, max, abs, neg, rcp, sqrt, ex2, ...
std::span<const Opcode>
logic_opcodes();  // and, or, xor, not, shl, shr, bfi, bfe, brev, popc, prmt, lop3, shf, ...
std::span<const Opcode> compare_opcodes();  // setp, set, selp, slct
std::span<const Opcode> convert_opcodes();  // cvt, cvta, isspacep
std::span<const Opcode> move_opcodes();     // mov
std::span<const Opcode> memory_opcodes();   // ld, st, prefetch
std::span<const Opcode> control_opcodes();  // bra, brx, ret, exit, bar, barrier, trap
std::span<const Opcode> atomic_opcodes();   // atom, red, membar, fence
std::span<const Opcode> warp_opcodes();     // shfl, vote, match, redux, activemask
std::span<const Opcode> async_opcodes();    // cp.async
std::span<const Opcode> matrix_opcodes();   // mma, wmma, ldmatrix, movmatrix

}  // namespace cuda_sim
