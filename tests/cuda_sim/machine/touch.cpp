// What an access finds in the shadow: initialised bytes, copies in flight, races.
#include "tests/cuda_sim/machine/touch.h"

#include <algorithm>

#include "tests/cuda_sim/machine/text.h"

namespace cuda_sim {
namespace {

std::string opponent_text(const Touch& touch, Conflict conflict, const Opponent& opponent) {
  const BlockRun& block = touch.block;
  if (opponent.serial == 0) return "earlier blocks";
  const std::uint64_t number = block.races->block_of(opponent.serial);
  std::string text;
  if (number != block.block_number()) {
    text = "block " + block.block_text(number);
    if (conflict != Conflict::kBlock && (opponent.stamp & Stamp::kRow) != 0) return text;
    text += " ";
  }
  if ((opponent.stamp & Stamp::kRow) != 0) return "several threads";
  text += block.thread_text(Stamp::warp(opponent.stamp), Stamp::lane(opponent.stamp));
  if ((opponent.stamp & Stamp::kManyLanes) != 0) text += " and others of its warp";
  return text;
}

void report_conflict(const Touch& touch, const Region& region, std::uint64_t offset,
                     std::uint64_t bytes, std::uint32_t lane, Conflict conflict,
                     const std::byte* stored) {
  BlockRun& block = touch.block;
  const Opponent& opponent = block.races->opponent();
  // Two stores of the same value leave no doubt about the result.
  if (opponent.wrote && stored != nullptr && conflict != Conflict::kReadOnly &&
      std::memcmp(region.data + offset, stored, bytes) == 0) {
    return;
  }
  const Fault fault = conflict == Conflict::kBlock  ? Fault::kBlockRace
                      : conflict == Conflict::kGrid ? Fault::kGridRace
                                                    : Fault::kReadOnlyWrite;
  block.report(touch.run, touch.step, 1U << lane, fault, [&] {
    std::string text = touch.verb() + place_text(touch, region, offset) + ", which " +
                       opponent_text(touch, conflict, opponent) +
                       (opponent.wrote ? " wrote" : " read");
    if (conflict == Conflict::kReadOnly) {
      return text + (opponent.wrote
                         ? " in this launch; ld.global.nc needs data that nobody writes"
                         : " by ld.global.nc in this launch, which needs data that nobody writes");
    }
    return text + (conflict == Conflict::kBlock
                       ? ", with no barrier between"
                       : " in the same launch, with nothing that orders the two blocks");
  });
}

void check_in_flight(const Touch& touch, std::uint64_t offset, const Segment& segment) {
  BlockRun& block = touch.block;
  const std::uint64_t bytes = std::uint64_t{touch.bytes} * (segment.same != 0 ? 1 : segment.lanes);
  const auto begin = block.in_flight.begin() + static_cast<std::ptrdiff_t>(offset / 4);
  const auto end = block.in_flight.begin() + static_cast<std::ptrdiff_t>((offset + bytes + 3) / 4);
  const auto found = std::find_if(begin, end, [](std::uint16_t copies) { return copies != 0; });
  if (found == end) return;
  const std::uint64_t at =
      std::max(offset, static_cast<std::uint64_t>(found - block.in_flight.begin()) * 4);
  const auto lane = segment.lane + static_cast<std::uint32_t>((at - offset) / touch.bytes);
  block.report(touch.run, touch.step, 1U << lane, Fault::kAsyncHazard, [&] {
    return touch.verb() + place_text(touch, block.shared, at) +
           " while a cp.async still copies there; wait for its group first";
  });
}

// One cell: a word, or a byte of a split word.
inline void touch_cell(const Touch& touch, Region& region, RaceCell& cell, std::uint64_t offset,
                       std::uint64_t bytes, std::uint32_t lane, std::uint32_t stamp,
                       const std::byte* stored) {
  Races& races = *touch.block.races;
  const Conflict conflict = touch.writes
                                ? races.write(cell, region.first_serial, stamp)
                                : races.read(cell, region.first_serial, stamp, touch.read_only);
  if (conflict != Conflict::kNone) {
    report_conflict(touch, region, offset, bytes, lane, conflict, stored);
  }
}

void touch_units(const Touch& touch, Region& region, std::uint64_t offset, std::uint64_t bytes,
                 std::uint32_t lane, std::uint32_t stamp, const std::byte* stored) {
  for (std::uint64_t i = 0; i < bytes; ++i) {
    touch_cell(touch, region, region.units[offset + i], offset + i, 1, lane, stamp,
               stored == nullptr ? nullptr : stored + i);
  }
}

void touch_lane(const Touch& touch, Region& region, std::uint64_t offset, std::uint64_t bytes,
                std::uint32_t lane, std::uint32_t stamp, const std::byte* stored) {
  Races& races = *touch.block.races;
  if (bytes < 4) {  // of one word
    RaceCell& word = region.words[offset / 4];
    if (!word.split()) races.split(word, region.units + offset / 4 * 4);
    touch_units(touch, region, offset, bytes, lane, stamp, stored);
    return;
  }
  for (std::uint64_t i = 0; i < bytes; i += 4) {
    RaceCell& word = region.words[(offset + i) / 4];
    const std::byte* value = stored == nullptr ? nullptr : stored + i;
    if (word.split() && races.still_split(word, region.units + offset + i, region.first_serial))
        [[unlikely]] {
      touch_units(touch, region, offset + i, 4, lane, stamp, value);
    } else {
      touch_cell(touch, region, word, offset + i, 4, lane, stamp, value);
    }
  }
}

std::uint32_t stamp_of(const Touch& touch, std::uint32_t lane) {
  return touch.block.races->stamp(touch.run.warp.index, lane) |
         (touch.strong ? Stamp::kStrong : 0U);
}

}  // namespace

std::string place_text(const Touch& touch, const Region& region, std::uint64_t offset) {
  if (!region.global) return "byte " + std::to_string(offset) + " of shared memory";
  Memory& memory = touch.block.device.memory();
  const Allocation* allocation = memory.find(memory.base() + offset);
  return "byte " + std::to_string(memory.base() + offset - allocation->address) + " of " +
         allocation->describe();
}

void check_written(const Touch& touch, const Region& region, std::uint64_t offset,
                   const Segment& segment) {
  const std::uint64_t end =
      offset + std::uint64_t{touch.bytes} * (segment.same != 0 ? 1 : segment.lanes);
  const std::uint64_t found = region.written.first_unwritten(offset, end);
  if (found == end) return;
  const auto lane = segment.lane + static_cast<std::uint32_t>((found - offset) / touch.bytes);
  touch.block.report(touch.run, touch.step, 1U << lane, Fault::kUninitialised, [&] {
    return "reads " + place_text(touch, region, found) + ", which nobody has written";
  });
}

void check_races(const Touch& touch, Region& region, std::uint64_t offset, std::uint64_t bytes,
                 std::uint32_t lane, const std::byte* stored) {
  touch_lane(touch, region, offset, bytes, lane, stamp_of(touch, lane), stored);
}

void check_segment(const Touch& touch, Region& region, std::uint64_t offset, const Segment& segment,
                   const std::byte* stored) {
  BlockRun& block = touch.block;
  block.counts.checks += segment.lanes;
  if (!touch.writes) check_written(touch, region, offset, segment);
  if (!region.global && block.copies_in_flight != 0) check_in_flight(touch, offset, segment);
  const std::uint32_t bytes = touch.bytes;
  std::uint32_t stamp = stamp_of(touch, segment.lane);
  if (segment.same != 0) {
    touch_lane(touch, region, offset, bytes, segment.lane, stamp | Stamp::kManyLanes, stored);
    return;
  }
  if (bytes < 4) {
    for (std::uint32_t i = 0; i < segment.lanes; ++i) {
      touch_lane(touch, region, offset, bytes, segment.lane + i, stamp, stored);
      offset += bytes;
      stamp += Stamp::kLaneStep;
      if (stored != nullptr) stored += bytes;
    }
    return;
  }
  const auto slow = [&](std::uint32_t lane, std::uint32_t word) {
    const std::uint64_t at = lane * bytes + 4 * word;
    touch_lane(touch, region, offset + at, 4, segment.lane + lane, stamp + lane * Stamp::kLaneStep,
               stored == nullptr ? nullptr : stored + at);
  };
  RaceCell* cells = region.words + offset / 4;
  if (touch.writes) {
    block.races->write_words(cells, region.first_serial, stamp, segment.lanes, bytes / 4, slow);
  } else {
    block.races->read_words(cells, region.first_serial, stamp, segment.lanes, bytes / 4,
                            touch.read_only, slow);
  }
}

}  // namespace cuda_sim
