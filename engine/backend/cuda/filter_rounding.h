// Filters rounded to the mantissa of a format so that their sums are kept.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/cuda/kernels.h"

namespace corticast::cuda {

// from: filters [filters, size] float32. Every weight becomes a number that the format holds
// exactly (kFloat32: a TF32 number), and what rounding took from one is handed on to the next, as
// in error diffusion: any stretch of a filter, and the whole, then sums to within one unit in the
// last place of its largest weight of what it should. An image is smooth next to a filter, so most
// of a convolution's rounding error is the error of such sums. Weights beyond the format's range
// are left as they are. Deterministic, keeps no state.
std::vector<float> round_filters(const float* from, std::size_t filters, std::size_t size,
                                 kernels::cuda::Element element);

}  // namespace corticast::cuda
