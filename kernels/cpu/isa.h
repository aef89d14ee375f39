// Instruction sets of the CPU kernels.
#pragma once

#include <string>
#include <vector>

namespace corticast::kernels::cpu {

enum class Isa { kPortable, kAvx2, kAvx512 };

std::string to_string(Isa isa);  // "portable", "avx2", "avx512"

// Those this processor runs, best last; never empty.
std::vector<Isa> available_isas();

// Whether products of bf16 pairs (AVX512-BF16) may be used beside these instructions: a part of
// avx512 that not every such processor has.
bool bf16_available(Isa isa);

}  // namespace corticast::kernels::cpu
