// Copies part of a strided tensor to contiguous float32.
#pragma once

#include <span>

#include "weights_tool/checkpoint/checkpoint.h"

namespace corticast::weights {

// Fills `out` with items [first, first + out.size()) in C order, which must lie inside the tensor,
// whose dtype must be floating. Returns the bytes it may have touched.
ByteSpan strided_read(const Tensor& tensor, std::uint64_t first, std::span<float> out);

}  // namespace corticast::weights
