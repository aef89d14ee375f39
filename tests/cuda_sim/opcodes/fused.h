// fma in round to nearest for processors with the instruction, which the portable build cannot
// assume. Without it std::fma does the same, slowly.
#pragma once

#include "tests/cuda_sim/machine/warp.h"

namespace cuda_sim {

// Whether the functions below may be called on this processor.
bool has_fused_loops();
// operands: destination, a, b, c. f32 results that are NaN are canonical.
void run_fma_f32(Warp& warp, const Step& step);
void run_fma_ftz_f32(Warp& warp, const Step& step);
void run_fma_f64(Warp& warp, const Step& step);

}  // namespace cuda_sim
