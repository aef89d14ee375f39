// What is ordered before what inside one block: vector clocks per warp, as in the FastTrack
// algorithm (Flanagan and Freund, 2009), and within a warp what its lanes' synchronisations order.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/cuda_sim/machine/program.h"
#include "tests/cuda_sim/machine/race_cell.h"

namespace cuda_sim {

// Per warp of a block: the last clock of each warp that is ordered before something.
using SeenClocks = std::array<std::uint32_t, kLanes>;

class WarpClock {
 public:
  explicit WarpClock(std::uint32_t warp) : warp_(warp) {}
  void reset() {
    clock_ = 1;
    partial_ = 0;
    seen_.fill(0);
    pairs_.reset();
  }
  std::uint32_t now() const { return clock_; }
  // Every lane of the warp is ordered: what they did is before what they will do.
  void synchronise() {
    seen_[warp_] = clock_;
    advance();
  }
  // The lanes of the mask are ordered among each other.
  void synchronise(std::uint32_t lanes);
  // Makes what the warp did so far known to `seen`, as a barrier or a releasing store does.
  void publish(SeenClocks* seen) {
    for (unsigned i = 0; i < kLanes; ++i) (*seen)[i] = std::max((*seen)[i], seen_[i]);
    (*seen)[warp_] = std::max((*seen)[warp_], clock_);
    advance();
  }
  void acquire(const SeenClocks& seen) {
    for (unsigned i = 0; i < kLanes; ++i) seen_[i] = std::max(seen_[i], seen[i]);
  }
  // Is the access stamped `stamp` ordered before one stamped `now` of this warp? Never wrongly
  // true, but may be false of a pair that before() knows to be ordered.
  bool surely_before(std::uint32_t stamp, std::uint32_t now) const {
    return Stamp::clock(stamp) <= seen_[Stamp::warp(stamp)] ||
           (((stamp ^ now) & Stamp::kThread) | ((stamp | now) & Stamp::kManyLanes)) == 0;
  }
  bool before(std::uint32_t stamp, std::uint32_t now) const {
    return surely_before(stamp, now) || before_by_lanes(stamp, now);
  }

 private:
  bool before_by_lanes(std::uint32_t stamp, std::uint32_t now) const;
  void advance() { clock_ = std::min(clock_ + 1, Stamp::kClockEnd); }

  std::uint32_t warp_;
  std::uint32_t clock_ = 1;
  std::uint32_t partial_ = 0;  // clock of the last synchronisation of some lanes
  SeenClocks seen_{};          // of this warp: that of the last synchronisation of all lanes
  // pairs_[a][b]: the last clock of lane b that is ordered before lane a, by partial ones.
  std::unique_ptr<std::array<SeenClocks, kLanes>> pairs_;
};

}  // namespace cuda_sim
