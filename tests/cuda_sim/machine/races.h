// Data races of one launch: for every touch of a word, is the last touch by another thread ordered
// before it? Ordered are: a thread's own accesses; what a block barrier separates (of the warps
// that take part); what a warp-level synchronisation separates; what a fence and an atomic or
// volatile access of the same word order (a lock, a flag, the last-block pattern). Two atomic or
// volatile accesses never race.
//
// Errs towards silence: a publication covers all that its block did before it; only the last
// writer of a word is kept, and of a block's readers the last per warp.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "tests/cuda_sim/machine/clocks.h"
#include "tests/cuda_sim/machine/race_cell.h"
#include "tests/cuda_sim/machine/serial_set.h"

namespace cuda_sim {

enum class Conflict : std::uint8_t {
  kNone,
  kBlock,     // with another thread of the block
  kGrid,      // with another block
  kReadOnly,  // a word written that the launch reads by ld.global.nc, or the other way round
};

// The other side of the last conflict.
struct Opponent {
  bool wrote = false;
  std::uint32_t serial = 0;  // of its block; 0: an earlier block, unknown which
  std::uint32_t stamp = 0;
};

class Races {
 public:
  // first_serial: no cell holds it or a later one yet.
  Races(std::uint32_t warps, std::uint32_t first_serial);
  void begin_block();
  // One more than the last serial used.
  std::uint32_t end_serial() const { return serial_ + 1; }
  std::uint32_t launch_serial() const { return launch_; }
  std::uint32_t block_serial() const { return block_; }
  // Linear number in the launch of the block that used a serial of the launch.
  std::uint64_t block_of(std::uint32_t serial) const;

  WarpClock& clock(std::uint32_t warp) { return clocks_[warp]; }

  // Whose accesses come next. stamp: Stamp::make with kStrong, kManyLanes (a read of one word by
  // several lanes at once) as they apply.
  void actor(std::uint32_t warp) { me_ = &clocks_[warp]; }
  std::uint32_t stamp(std::uint32_t warp, std::uint32_t lane) const {
    return Stamp::make(warp, lane, me_->now());
  }
  // Checks against the cell and enters the access in it. `first`: older serials are empty.
  Conflict read(RaceCell& cell, std::uint32_t first, std::uint32_t stamp, bool read_only);
  Conflict write(RaceCell& cell, std::uint32_t first, std::uint32_t stamp);
  const Opponent& opponent() const { return opponent_; }
  // The same for whole words of neighbouring lanes, `words` each, the first lane's stamp given.
  // slow(lane, word) is called for the words that need read() or write() above; they are few.
  template <class Slow>
  void read_words(RaceCell* cell, std::uint32_t first, std::uint32_t stamp, std::uint32_t lanes,
                  std::uint32_t words, bool read_only, Slow&& slow);
  template <class Slow>
  void write_words(RaceCell* cell, std::uint32_t first, std::uint32_t stamp, std::uint32_t lanes,
                   std::uint32_t words, Slow&& slow);

  // Gives the four units of a word the word's state, or takes it back when nothing of the launch
  // is left in them; returns whether the word is split afterwards.
  void split(RaceCell& word, RaceCell* units);
  bool still_split(RaceCell& word, const RaceCell* units, std::uint32_t first);

  // A fenced atomic or volatile store to the word at `address` (any unique number), and an atomic
  // or volatile load of it.
  void publish(std::uint32_t warp, std::uint64_t address);
  void acquire(std::uint32_t warp, std::uint64_t address);

 private:
  bool before(std::uint32_t stamp, std::uint32_t now) const { return me_->before(stamp, now); }
  // Written by the present block (which RaceCell::kSplit is not).
  bool own(std::uint32_t serial) const { return serial - block_ <= serial_ - block_; }
  bool acquired(std::uint32_t serial) const {
    return !acquired_.empty() && acquired_.contains(serial);
  }
  void enter_read(RaceCell& cell, std::uint32_t first, std::uint32_t stamp);
  void enter_in_row(RaceCell& cell, std::uint32_t stamp);
  Conflict against_readers(const RaceCell& cell, std::uint32_t stamp);
  // Of RaceCell::read: not certainly atomic or volatile.
  static bool weak(std::uint32_t read) {
    return (read & Stamp::kRow) != 0 || (read & Stamp::kStrong) == 0;
  }
  std::uint32_t new_row();
  void forget_readers(RaceCell& cell);

  std::vector<WarpClock> clocks_;
  const WarpClock* me_ = nullptr;
  std::uint32_t launch_;               // first serial of the launch
  std::uint32_t block_;                // and of the block
  std::uint32_t serial_;               // the present one
  std::vector<std::uint32_t> blocks_;  // the first serial of each block so far
  // Words that several threads of the block read unordered: the last read of each warp.
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> free_rows_;
  Opponent opponent_;

  struct Publication {
    SerialSet serials;
    std::uint32_t block = 0;  // first serial of the block that `seen` is of
    SeenClocks seen{};
  };
  std::unordered_map<std::uint64_t, Publication> publications_;
  SerialSet acquired_;
};

inline Conflict Races::read(RaceCell& cell, std::uint32_t first, std::uint32_t stamp,
                            bool read_only) {
  Conflict conflict = Conflict::kNone;
  if (cell.write_serial >= first) {
    if (read_only) {
      conflict = Conflict::kReadOnly;
    } else if ((cell.write & stamp & Stamp::kStrong) == 0) {
      if (cell.write_serial >= block_) {
        if (!before(cell.write, stamp)) conflict = Conflict::kBlock;
      } else if (!acquired(cell.write_serial)) {
        conflict = Conflict::kGrid;
      }
    }
    if (conflict != Conflict::kNone) opponent_ = {true, cell.write_serial, cell.write};
  }
  if (cell.read_serial != serial_ || (cell.read & ~Stamp::kReadOnly) != stamp) {
    enter_read(cell, first, stamp);
  }
  if (read_only) cell.read |= Stamp::kReadOnly;
  return conflict;
}

inline Conflict Races::write(RaceCell& cell, std::uint32_t first, std::uint32_t stamp) {
  Conflict conflict = Conflict::kNone;
  if (cell.read_serial >= first) conflict = against_readers(cell, stamp);
  if (conflict == Conflict::kNone && cell.write_serial >= first &&
      (cell.write & stamp & Stamp::kStrong) == 0) {
    if (cell.write_serial >= block_) {
      if (!before(cell.write, stamp)) conflict = Conflict::kBlock;
    } else if (!acquired(cell.write_serial)) {
      conflict = Conflict::kGrid;
    }
    if (conflict != Conflict::kNone) opponent_ = {true, cell.write_serial, cell.write};
  }
  cell.write_serial = serial_;
  cell.write = stamp;
  if (cell.read_serial >= block_) forget_readers(cell);
  return conflict;
}

template <class Slow>
void Races::read_words(RaceCell* cell, std::uint32_t first, std::uint32_t stamp,
                       std::uint32_t lanes, std::uint32_t words, bool read_only, Slow&& slow) {
  const WarpClock& me = *me_;
  const std::uint32_t serial = serial_;
  const std::uint32_t warp = Stamp::warp(stamp);
  const std::uint32_t mark = read_only ? Stamp::kReadOnly : 0U;
  const bool nothing_acquired = acquired_.empty();
  for (std::uint32_t lane = 0; lane < lanes; ++lane, stamp += Stamp::kLaneStep) {
    for (std::uint32_t word = 0; word < words; ++word, ++cell) {
      const std::uint32_t read = cell->read;
      if (cell->write_serial >= first &&
          (mark != 0 || !own(cell->write_serial) || !me.surely_before(cell->write, stamp))) {
        slow(lane, word);
      } else if (read == (stamp | mark) && cell->read_serial == serial) {
        continue;
      } else if (cell->read_serial < first) {
        cell->read_serial = serial;
        cell->read = stamp | mark;
      } else if (!own(cell->read_serial)) {
        if (nothing_acquired && weak(read)) {
          cell->read_serial = serial;
          cell->read = stamp | mark | Stamp::kEarlierBlock | (read & Stamp::kFlags);
        } else {
          slow(lane, word);
        }
      } else if ((read & Stamp::kRow) == 0) {
        if (me.surely_before(read, stamp)) {
          cell->read_serial = serial;
          cell->read = stamp | mark | (read & Stamp::kFlags);
        } else {
          slow(lane, word);
        }
      } else {
        std::uint32_t& entry = rows_[(read & Stamp::kRowMask) * clocks_.size() + warp];
        if (entry == 0 || me.surely_before(entry, stamp)) {
          entry = stamp;
          cell->read_serial = serial;
          cell->read |= mark;
        } else {
          slow(lane, word);
        }
      }
    }
  }
}

template <class Slow>
void Races::write_words(RaceCell* cell, std::uint32_t first, std::uint32_t stamp,
                        std::uint32_t lanes, std::uint32_t words, Slow&& slow) {
  const WarpClock& me = *me_;
  const std::uint32_t serial = serial_;
  constexpr std::uint32_t kSpecial = ~(Stamp::kRowMask | Stamp::kStrong);
  for (std::uint32_t lane = 0; lane < lanes; ++lane, stamp += Stamp::kLaneStep) {
    for (std::uint32_t word = 0; word < words; ++word, ++cell) {
      const bool write_ordered = cell->write_serial < first ||
                                 (own(cell->write_serial) && me.surely_before(cell->write, stamp));
      const bool read_ordered =
          cell->read_serial < first || (own(cell->read_serial) && (cell->read & kSpecial) == 0 &&
                                        me.surely_before(cell->read, stamp));
      if (write_ordered && read_ordered) {
        // Reads of earlier launches are kept.
        if (cell->read_serial >= first) cell->read_serial = cell->read = 0;
        cell->write_serial = serial;
        cell->write = stamp;
      } else {
        slow(lane, word);
      }
    }
  }
}

}  // namespace cuda_sim
