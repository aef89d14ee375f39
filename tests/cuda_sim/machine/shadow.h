// The shadow of a device's global memory.
#pragma once

#include "tests/cuda_sim/machine/mapping.h"
#include "tests/cuda_sim/machine/memory.h"
#include "tests/cuda_sim/machine/region.h"

namespace cuda_sim {

struct Memory::Shadow {
  explicit Shadow(std::uint64_t range_bytes) : range(range_bytes), written(range_bytes / 8) {}

  WrittenBits bits() const { return WrittenBits(written.as<std::uint64_t>()); }
  // Maps the race cells; launches without checks never do.
  void map_cells() {
    if (!words.empty()) return;
    words = Mapping(range / 4 * sizeof(RaceCell));
    units = Mapping(range * sizeof(RaceCell));
  }
  void discard(std::uint64_t offset, std::uint64_t bytes) {
    written.discard(offset / 8, bytes / 8);
    if (words.empty()) return;
    words.discard(offset / 4 * sizeof(RaceCell), bytes / 4 * sizeof(RaceCell));
    units.discard(offset * sizeof(RaceCell), bytes * sizeof(RaceCell));
  }

  std::uint64_t range;
  Mapping store;
  Mapping written;
  Mapping words;
  Mapping units;
  std::uint32_t next_serial = 1;  // race_cell.h
};

}  // namespace cuda_sim
