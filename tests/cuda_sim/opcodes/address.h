// Addresses of memory operands, lane by lane.
#pragma once

#include <cstdint>

#include "tests/cuda_sim/machine/warp.h"

namespace cuda_sim {

// out[lane] = base of the lane + offset, for all 32 lanes. A 32-bit base (shared memory) wraps at
// 32 bits, as the hardware's address arithmetic does.
inline void lane_addresses(const Warp& warp, LaneRef base, std::int64_t offset,
                           std::uint64_t* out) {
  if (base.bits == 64) {
    const std::uint64_t* from = warp.read<std::uint64_t>(base);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      out[lane] = from[lane] + static_cast<std::uint64_t>(offset);
    }
  } else {
    const std::uint32_t* from = warp.read<std::uint32_t>(base);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      out[lane] = from[lane] + static_cast<std::uint32_t>(offset);
    }
  }
}

}  // namespace cuda_sim
