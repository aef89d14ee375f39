#include "tests/cuda_sim/opcodes/families.h"

#include <array>

namespace cuda_sim {

std::span<const std::span<const Opcode>> opcode_families() {
  static const std::array families = {arithmetic_opcodes(), logic_opcodes(),  compare_opcodes(),
                                      convert_opcodes(),    move_opcodes(),   memory_opcodes(),
                                      control_opcodes(),    atomic_opcodes(), warp_opcodes(),
                                      async_opcodes(),      matrix_opcodes()};
  return families;
}

}  // namespace cuda_sim
