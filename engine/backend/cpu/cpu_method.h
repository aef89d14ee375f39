// How a network is computed on the CPU.
#pragma once

#include "engine/backend/method.h"
#include "kernels/cpu/isa.h"

namespace corticast::cpu {

struct CpuMethod {
  unsigned threads;  // OpenMP threads, at least 1
  kernels::cpu::Isa isa;
  Precision precision = Precision::kFp32;
};

}  // namespace corticast::cpu
