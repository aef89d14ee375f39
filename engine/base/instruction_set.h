// Which of the processor's instruction sets the CPU kernels use.
#pragma once

#include "kernels/cpu/isa.h"

namespace corticast {

// The best that this processor has, or the one that the environment variable CORTICAST_ISA names:
// portable, avx2 or avx512 (for tests and measurements). Read at every call. Throws Error{kDevice}
// for an unknown name and for one that the processor lacks.
kernels::cpu::Isa chosen_isa();

}  // namespace corticast
