// The matrix opcodes' decoders, one file each, and what they share.
#pragma once

#include <vector>

#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/opcodes/matrix_layout.h"

namespace cuda_sim {

void decode_ldmatrix(Decoder& decoder);
void decode_stmatrix(Decoder& decoder);
void decode_movmatrix(Decoder& decoder);
void decode_mma(Decoder& decoder);
void decode_wmma(Decoder& decoder);

// Takes .sync and .aligned; the step waits for the whole warp.
void take_sync_aligned(Decoder& decoder);
// Throws UnknownOpcode when the module's target is below.
void require_target(Decoder& decoder, std::uint32_t sm);

// The next modifier as a shape or an element type; UnknownOpcode when it is none.
MatrixShape next_shape(Decoder& decoder);
Element next_element(Decoder& decoder);

// Appends the registers of {%r1, %r2, ...} (or of one bare register) to `out`. There must be
// `count` of them, `bits` wide.
void add_sources(Decoder& decoder, const ptx::Operand& operand, std::size_t count, unsigned bits,
                 std::vector<LaneRef>* out);
void add_destinations(Decoder& decoder, const ptx::Operand& operand, std::size_t count,
                      unsigned bits, std::vector<LaneRef>* out);

}  // namespace cuda_sim
