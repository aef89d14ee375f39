#include "tests/cuda_sim/machine/races.h"

#include <algorithm>

namespace cuda_sim {
Races::Races(std::uint32_t warps, std::uint32_t first_serial)
    : launch_(first_serial), block_(first_serial), serial_(first_serial) {
  for (std::uint32_t i = 0; i < warps; ++i) clocks_.emplace_back(i);
}

void Races::begin_block() {
  if (!blocks_.empty()) ++serial_;
  block_ = serial_;
  blocks_.push_back(block_);
  for (WarpClock& clock : clocks_) clock.reset();
  rows_.clear();
  free_rows_.clear();
  acquired_.clear();
}

std::uint64_t Races::block_of(std::uint32_t serial) const {
  const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), serial);
  return static_cast<std::uint64_t>(after - blocks_.begin()) - 1;
}

std::uint32_t Races::new_row() {
  const std::size_t warps = clocks_.size();
  if (free_rows_.empty()) {
    rows_.resize(rows_.size() + warps, 0);
    return static_cast<std::uint32_t>(rows_.size() / warps - 1);
  }
  const std::uint32_t row = free_rows_.back();
  free_rows_.pop_back();
  std::fill_n(rows_.begin() + static_cast<std::ptrdiff_t>(row * warps), warps, 0U);
  return row;
}

void Races::enter_read(RaceCell& cell, std::uint32_t first, std::uint32_t stamp) {
  std::uint32_t flags = 0;
  if (cell.read_serial >= first) {
    flags = cell.read & Stamp::kFlags;
    if (cell.read_serial >= block_) {
      if ((cell.read & Stamp::kRow) != 0 || !before(cell.read, stamp)) {
        enter_in_row(cell, stamp);
        cell.read_serial = serial_;
        return;
      }
    } else if (weak(cell.read) && !acquired(cell.read_serial)) {
      flags |= Stamp::kEarlierBlock;
    }
  }
  cell.read_serial = serial_;
  cell.read = stamp | flags;
}

void Races::enter_in_row(RaceCell& cell, std::uint32_t stamp) {
  if ((cell.read & Stamp::kRow) == 0) {
    const std::uint32_t row = new_row();
    rows_[row * clocks_.size() + Stamp::warp(cell.read)] = cell.read & ~Stamp::kFlags;
    cell.read = row | Stamp::kRow | (cell.read & Stamp::kFlags);
  }
  std::uint32_t& entry = rows_[(cell.read & Stamp::kRowMask) * clocks_.size() + Stamp::warp(stamp)];
  std::uint32_t merged = stamp;
  if (entry != 0 && !before(entry, stamp)) {
    merged |= Stamp::kManyLanes;
    if ((entry & Stamp::kStrong) == 0) merged &= ~Stamp::kStrong;
  }
  entry = merged;
}

Conflict Races::against_readers(const RaceCell& cell, std::uint32_t stamp) {
  opponent_ = {false, cell.read_serial, cell.read & ~Stamp::kFlags};
  if ((cell.read & Stamp::kReadOnly) != 0) return Conflict::kReadOnly;
  const auto conflicts = [&](std::uint32_t reader) {
    return (reader & stamp & Stamp::kStrong) == 0 && !before(reader, stamp);
  };
  if (cell.read_serial < block_) {
    if ((cell.read & Stamp::kRow) == 0 && (cell.read & stamp & Stamp::kStrong) != 0) {
      return Conflict::kNone;
    }
    if ((cell.read & Stamp::kRow) != 0) opponent_.serial = 0;
    if (!acquired(cell.read_serial)) return Conflict::kGrid;
  } else if ((cell.read & Stamp::kRow) != 0) {
    const std::size_t begin = (cell.read & Stamp::kRowMask) * clocks_.size();
    for (std::size_t i = begin; i < begin + clocks_.size(); ++i) {
      if (rows_[i] != 0 && conflicts(rows_[i])) {
        opponent_.stamp = rows_[i];
        return Conflict::kBlock;
      }
    }
  } else if (conflicts(cell.read)) {
    return Conflict::kBlock;
  }
  if ((cell.read & Stamp::kEarlierBlock) != 0 &&
      (block_ == launch_ || !acquired_.covers(launch_, block_ - 1))) {
    opponent_.serial = 0;
    return Conflict::kGrid;
  }
  return Conflict::kNone;
}

void Races::forget_readers(RaceCell& cell) {
  // Who is ordered after this write is ordered after the reads before it. Flags are kept.
  if ((cell.read & Stamp::kRow) != 0) free_rows_.push_back(cell.read & Stamp::kRowMask);
  if ((cell.read & Stamp::kFlags) == 0) {
    cell.read_serial = 0;
    cell.read = 0;
  } else {
    cell.read = cell.write | (cell.read & Stamp::kFlags);
  }
}

void Races::split(RaceCell& word, RaceCell* units) {
  for (unsigned i = 0; i < 4; ++i) {
    units[i] = word;
    if (i > 0 && word.read_serial >= block_ && (word.read & Stamp::kRow) != 0) {
      const std::uint32_t row = new_row();
      const std::size_t warps = clocks_.size();
      std::copy_n(
          rows_.begin() + static_cast<std::ptrdiff_t>((word.read & Stamp::kRowMask) * warps), warps,
          rows_.begin() + static_cast<std::ptrdiff_t>(row * warps));
      units[i].read = row | Stamp::kRow | (word.read & Stamp::kFlags);
    }
  }
  word = RaceCell{RaceCell::kSplit, 0, 0, 0};
}

bool Races::still_split(RaceCell& word, const RaceCell* units, std::uint32_t first) {
  for (unsigned i = 0; i < 4; ++i) {
    if (units[i].write_serial >= first || units[i].read_serial >= first) return true;
  }
  word = RaceCell{};
  return false;
}

void Races::publish(std::uint32_t warp, std::uint64_t address) {
  Publication& publication = publications_[address];
  publication.serials.add(acquired_);
  publication.serials.add(block_, serial_);
  if (publication.block != block_) {
    publication.block = block_;
    publication.seen.fill(0);
  }
  clocks_[warp].publish(&publication.seen);
  ++serial_;
}

void Races::acquire(std::uint32_t warp, std::uint64_t address) {
  if (publications_.empty()) return;
  const auto found = publications_.find(address);
  if (found == publications_.end()) return;
  acquired_.add(found->second.serials);
  if (found->second.block == block_) clocks_[warp].acquire(found->second.seen);
}

}  // namespace cuda_sim
