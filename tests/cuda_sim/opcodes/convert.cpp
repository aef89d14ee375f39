#include "tests/cuda_sim/opcodes/families.h"

namespace cuda_sim {

std::span<const Opcode> convert_opcodes() {
  return {};
}

}  // namespace cuda_sim
