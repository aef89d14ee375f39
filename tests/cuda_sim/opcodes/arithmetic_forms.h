// The arithmetic opcodes by class of type: each function decodes the rest of an instruction whose
// type suffix has been taken.
#pragma once

#include "tests/cuda_sim/opcodes/decoder.h"

namespace cuda_sim {

void decode_integer_arithmetic(Decoder& decoder, Type type);
// add.cc, addc, sub.cc, subc, mad.cc, madc; carry_out: ".cc" has been taken.
void decode_carry_arithmetic(Decoder& decoder, Type type, bool carry_out);
void decode_dot_product(Decoder& decoder, Type type);       // dp4a, dp2a: type of a
void decode_float_arithmetic(Decoder& decoder, Type type);  // f32, f64
void decode_half_arithmetic(Decoder& decoder, Type type);   // f16, f16x2, bf16, bf16x2

}  // namespace cuda_sim
