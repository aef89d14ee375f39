// What an opcode sees of the 32 lanes it runs for.
#pragma once

#include <bit>
#include <cstring>
#include <vector>

#include "tests/cuda_sim/machine/program.h"

namespace cuda_sim {

class BlockRun;

class Warp {
 public:
  Warp(BlockRun& owner, const Program& program, std::uint32_t number);

  // The lanes that execute the present step.
  std::uint32_t active = 0;
  BlockRun& block;
  const std::uint32_t index;  // in the block
  // Checks::non_finite: floating-point opcodes look at their results only when it is set, and call
  // count_non_finite (access.h).
  bool watch_non_finite = false;

  // All 32 values of an operand; T as wide as the register (LaneRef::bits), or float/double/signed
  // of that width. The result aliases nothing but itself.
  template <class T>
  const T* read(LaneRef where) const {
    return reinterpret_cast<const T*>(banks_[where.bank] + where.offset);
  }
  template <class T>
  T* write(LaneRef where) {
    return reinterpret_cast<T*>(registers_.data() + where.offset);
  }
  std::uint32_t predicate(LaneRef where) const {
    return *read<std::uint32_t>(where) ^ (where.negated ? kAllLanes : 0U);
  }
  // Sets the predicate of the active lanes.
  void set_predicate(LaneRef where, std::uint32_t lanes) {
    std::uint32_t* value = write<std::uint32_t>(where);
    *value = (*value & ~active) | (lanes & active);
  }

 private:
  friend class BlockRun;
  struct Line {
    alignas(64) std::byte bytes[64];
  };
  struct Registers {
    std::vector<Line> lines;
    std::byte* data() { return lines.empty() ? nullptr : lines[0].bytes; }
  };
  Registers registers_;
  const std::byte* banks_[2];
};

// Calls f(lane) for each lane of a mask, ascending.
template <class F>
inline void for_lanes(std::uint32_t lanes, F&& f) {
  for (; lanes != 0; lanes &= lanes - 1) f(static_cast<unsigned>(std::countr_zero(lanes)));
}

}  // namespace cuda_sim
