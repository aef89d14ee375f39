#include "tests/cuda_sim/machine/warp.h"

#include <algorithm>

namespace cuda_sim {
namespace {

// Operands of a collective whose lanes come from different steps are gathered here: 256 bytes each.
std::size_t scratch_bytes(const Program& program) {
  std::size_t operands = 0;
  for (const Step& step : program.steps) {
    if (step.flow == Flow::kWarpCollective) {
      operands = std::max<std::size_t>(operands, step.operand_count);
    }
  }
  return operands * kLanes * 8;
}

// What registers hold before they are written: a float of -431602080, an unlikely index.
constexpr std::byte kPoison{0xcd};

}  // namespace

Warp::Warp(BlockRun& owner, const Program& program, std::uint32_t number)
    : block(owner), index(number) {
  const std::size_t lines = (program.register_bytes + 63) / 64;
  registers_.lines.resize(lines + scratch_bytes(program) / 64);
  for (Line& line : registers_.lines) std::fill_n(line.bytes, sizeof line.bytes, kPoison);
  banks_[0] = registers_.data();
  banks_[1] = program.constants.data();
}

}  // namespace cuda_sim
