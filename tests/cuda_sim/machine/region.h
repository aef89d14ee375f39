// A memory with its shadow, addressed by offsets: the global memory of a device, or the shared
// memory of a block.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/cuda_sim/machine/race_cell.h"
#include "tests/cuda_sim/machine/written_bits.h"

namespace cuda_sim {

struct Region {
  std::byte* data = nullptr;
  WrittenBits written;
  RaceCell* words = nullptr;  // one per 4 bytes
  RaceCell* units = nullptr;  // one per byte, used where RaceCell::split() says so
  // Serial numbers (race_cell.h) below this are of an earlier life of the memory.
  std::uint32_t first_serial = 0;
  bool global = false;
};

}  // namespace cuda_sim
