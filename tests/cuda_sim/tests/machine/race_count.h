// Counts the races that a kernel is reported for.
#pragma once

#include "tests/cuda_sim/tests/machine/bench.h"

namespace cuda_sim::test {

Size threads(std::uint32_t count, std::uint32_t blocks = 1);

// Runs on two buffers of `words` zeros, with n = 5, and returns how many reports of the fault there
// are, having CHECKed that there are no others. Uninitialised reads are of the nature of a race.
std::size_t found(const Kernel& kernel, const Size& size, Fault fault, std::uint64_t words = 4096);

}  // namespace cuda_sim::test
