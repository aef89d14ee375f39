// Which launches touched which bytes of global memory, asked after they ran: for work in streams
// that nothing orders, which the checks of a single launch cannot see.
//
// Answered from the race cells, so only of launches with checks, and erring towards silence: of a
// word only the last launch that wrote and the last that read it are known.
#pragma once

#include <cstdint>
#include <optional>

#include "tests/cuda_sim/machine/memory.h"

namespace cuda_sim {

// The serial numbers (race_cell.h) of one launch or several: [first, end).
struct Serials {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
  bool empty() const { return first >= end; }
  bool contains(std::uint32_t serial) const { return serial >= first && serial < end; }
};

// The serial that the next launch on the memory begins with.
std::uint32_t next_serial(Memory& memory);

struct TouchedByte {
  std::uint64_t address = 0;
  bool written = false;  // by the (earlier) launches; false: read
};

// The first byte of the range that these launches wrote or, unless only writes are asked for, read.
std::optional<TouchedByte> find_touch(Memory& memory, std::uint64_t address, std::uint64_t bytes,
                                      Serials by, bool writes_only);

// The first byte of the range that both touched and at least one wrote, two atomic or volatile
// accesses aside.
std::optional<TouchedByte> find_conflict(Memory& memory, std::uint64_t address, std::uint64_t bytes,
                                         Serials earlier, Serials later);

}  // namespace cuda_sim
