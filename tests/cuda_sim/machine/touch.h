// How an access of a warp is checked, piece by piece. Private to access.cpp and async_copies.cpp.
#pragma once

#include <cstdint>

#include "tests/cuda_sim/machine/block_run.h"

namespace cuda_sim {

// One access of one warp.
struct Touch {
  BlockRun& block;
  WarpRun& run;
  const Step& step;
  std::uint32_t bytes;  // per lane
  std::uint32_t alignment;
  bool writes = false;
  bool strong = false;     // atomic or volatile
  bool read_only = false;  // ld.global.nc
  const char* verb() const { return writes ? "writes " : "reads "; }
};

// Neighbouring lanes that touch neighbouring places, or several lanes that touch the same place.
struct Segment {
  std::uint32_t lane = 0;  // the first
  std::uint32_t lanes = 1;
  std::uint64_t address = 0;
  std::uint32_t same = 0;  // mask of the lanes that all touch `address`, or 0
};

// Returns the number of segments. join_same: lanes with one address make one segment.
std::uint32_t find_segments(std::uint32_t lanes, const std::uint64_t* addresses,
                            std::uint32_t bytes, bool join_same, Segment* out);

// The offset of the segment in its region. Report and throw where an address is misaligned or
// outside; count the traffic.
std::uint64_t locate_global(const Touch& touch, const Segment& segment);
std::uint64_t locate_shared(const Touch& touch, const Segment& segment);
// As these, of one lane in a space without shadow: local memory and kernel parameters.
void check_plain(const Touch& touch, std::uint32_t lane, std::uint64_t address, std::uint64_t size,
                 Fault fault, const char* what);

// "byte 8 of allocation 3 (cudaMalloc, 4,096 bytes)", "byte 8 of shared memory"
std::string place_text(const Touch& touch, const Region& region, std::uint64_t offset);

// Initialised bytes, bytes in flight and races of a segment that lies at the offset. `stored`: what
// a plain store is about to put there, else null.
void check_segment(const Touch& touch, Region& region, std::uint64_t offset, const Segment& segment,
                   const std::byte* stored);
// Of which: initialised bytes only, and races only of `bytes` bytes by one lane.
void check_written(const Touch& touch, const Region& region, std::uint64_t offset,
                   const Segment& segment);
void check_races(const Touch& touch, Region& region, std::uint64_t offset, std::uint64_t bytes,
                 std::uint32_t lane, const std::byte* stored);

}  // namespace cuda_sim
