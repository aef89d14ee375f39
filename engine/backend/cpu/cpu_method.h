// How a network is computed on the CPU.
#pragma once

#include "engine/backend/method.h"
#include "kernels/cpu/isa.h"

namespace corticast::cpu {

struct CpuMethod {
  unsigned threads;  // OpenMP threads, at least 1
  kernels::cpu::Isa isa;
  Precision precision = Precision::kFp32;
  InputKind input = InputKind::kPixels;
};

// bf16 is a matter of the readouts: the core has no use for it, Winograd in float32 being faster
// and more exact than direct convolution in bf16.
inline bool bf16_readouts(const CpuMethod& method) {
  return method.precision == Precision::kBf16;
}

}  // namespace corticast::cpu
