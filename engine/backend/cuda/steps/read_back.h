// Values of the device as the host's floats, for verification only: blocks until they are there.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/cuda/kernels.h"

namespace corticast::cuda {

// count values of `element` at `from`, beginning with value `first`. Throws Error{kDevice}.
std::vector<float> read_back(const void* from, std::size_t first, std::size_t count,
                             kernels::cuda::Element element);

// The images of a batch that are looked at: the first, one in the middle, the last.
std::vector<std::size_t> sample_images(std::size_t images);

}  // namespace corticast::cuda
