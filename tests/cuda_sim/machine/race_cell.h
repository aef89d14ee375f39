// Who touched a place in memory last, in 16 bytes.
//
// Blocks are numbered through all launches of a device; a block takes further numbers as it runs
// (after each publication, ordering.h). Such a number is a serial. Numbers only grow, so cells need
// no clearing: one with an older serial than the launch's first is empty.
//
// Within a block an access is stamped with its warp, lane and the warp's clock, which advances with
// each barrier or warp-level synchronisation.
#pragma once

#include <cstdint>

namespace cuda_sim {

struct Stamp {
  static constexpr std::uint32_t kClockBits = 17;
  // A clock stays here once reached; such accesses count as ordered.
  static constexpr std::uint32_t kClockEnd = (1U << kClockBits) - 1;
  static constexpr std::uint32_t kThread = 1023U << kClockBits;  // warp and lane
  static constexpr std::uint32_t kLaneStep = 1U << kClockBits;
  static constexpr std::uint32_t kManyLanes = 1U << 27;  // lane: one of them
  static constexpr std::uint32_t kStrong = 1U << 28;     // atomic or volatile
  // Of RaceCell::read only.
  static constexpr std::uint32_t kRow = 1U << 29;           // low 28 bits: row number, see Races
  static constexpr std::uint32_t kEarlierBlock = 1U << 30;  // an earlier block of the launch read
  static constexpr std::uint32_t kReadOnly = 1U << 31;      // read by ld.global.nc in the launch
  static constexpr std::uint32_t kFlags = kEarlierBlock | kReadOnly;
  static constexpr std::uint32_t kRowMask = (1U << 28) - 1;

  static constexpr std::uint32_t make(std::uint32_t warp, std::uint32_t lane, std::uint32_t clock) {
    return clock | lane << kClockBits | warp << (kClockBits + 5);
  }
  static constexpr std::uint32_t clock(std::uint32_t stamp) { return stamp & kClockEnd; }
  static constexpr std::uint32_t lane(std::uint32_t stamp) { return stamp >> kClockBits & 31U; }
  static constexpr std::uint32_t warp(std::uint32_t stamp) {
    return stamp >> (kClockBits + 5) & 31U;
  }
};

struct RaceCell {
  std::uint32_t write_serial = 0;
  std::uint32_t write = 0;
  std::uint32_t read_serial = 0;
  std::uint32_t read = 0;

  // Of a word whose bytes are accounted for one by one, because accesses of less than a word
  // touched it.
  static constexpr std::uint32_t kSplit = 0xffffffffU;
  bool split() const { return write_serial == kSplit; }
};

}  // namespace cuda_sim
