#include "tests/cuda_sim/opcodes/families.h"

namespace cuda_sim {

std::span<const Opcode> atomic_opcodes() {
  return {};
}

}  // namespace cuda_sim
