#include "tests/cuda_sim/machine/clocks.h"

#include "tests/cuda_sim/machine/warp.h"

namespace cuda_sim {

void WarpClock::synchronise(std::uint32_t lanes) {
  if (!pairs_) {
    pairs_ = std::make_unique<std::array<SeenClocks, kLanes>>();
    for (SeenClocks& row : *pairs_) row.fill(0);
  }
  SeenClocks joined{};
  for_lanes(lanes, [&](unsigned lane) {
    for (unsigned i = 0; i < kLanes; ++i) joined[i] = std::max(joined[i], (*pairs_)[lane][i]);
  });
  for_lanes(lanes, [&](unsigned lane) { joined[lane] = clock_; });
  for_lanes(lanes, [&](unsigned lane) { (*pairs_)[lane] = joined; });
  partial_ = clock_;
  advance();
}

bool WarpClock::before_by_lanes(std::uint32_t stamp, std::uint32_t now) const {
  const std::uint32_t clock = Stamp::clock(stamp);
  if (clock == Stamp::kClockEnd) return true;
  if (Stamp::warp(stamp) != warp_ || !pairs_) return false;
  // Which of many lanes is not known: any synchronisation counts, to report nothing in doubt.
  if (((stamp | now) & Stamp::kManyLanes) != 0) return clock <= partial_;
  return clock <= (*pairs_)[Stamp::lane(now)][Stamp::lane(stamp)];
}

}  // namespace cuda_sim
