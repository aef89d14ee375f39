// The CPU behind the backend interface.
#pragma once

#include <memory>

#include "engine/backend/backend.h"
#include "kernels/readout.h"

namespace corticast::cpu {

// threads: 0 means usable_threads().
std::unique_ptr<Backend> open_cpu_backend(unsigned threads);

// As above with the readout's instruction set chosen by the caller, who checked that the processor
// has it.
std::unique_ptr<Backend> open_cpu_backend(unsigned threads, kernels::cpu::Isa isa);

}  // namespace corticast::cpu
