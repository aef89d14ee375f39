// For tests of what only processors with AVX512-BF16 run.
#pragma once

#include "kernels/cpu/isa.h"
#include "tests/support/catch.h"

namespace corticast::test {

// False after saying so in words that make ctest report the test as skipped: return, then.
inline bool bf16_can_run() {
  const bool can = kernels::cpu::bf16_available(kernels::cpu::available_isas().back());
  if (!can) WARN("not run: this processor lacks AVX512-BF16");
  return can;
}

}  // namespace corticast::test
