// Selections and tests of classes of numbers, PTX ISA 9.7.3 (testp) and 9.7.6.
#pragma once

#include "tests/cuda_sim/opcodes/decoder.h"

namespace cuda_sim {

void decode_selp(Decoder& decoder);
void decode_slct(Decoder& decoder);
void decode_testp(Decoder& decoder);

}  // namespace cuda_sim
