// What can be learnt of a kernel from the machine code beside its PTX, without running it.
#pragma once

#include <cstdint>

#include "tests/cuda_sim/runtime/registry.h"

namespace cuda_sim::runtime {

// Registers per thread on compute capability sm, from the ELF image that a driver would load; 0:
// the object has no machine code for it (a driver would compile the PTX).
std::uint32_t registers_of(const RegisteredKernel& kernel, std::uint32_t sm);

}  // namespace cuda_sim::runtime
