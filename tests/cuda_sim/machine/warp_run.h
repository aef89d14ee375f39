// A warp with what the scheduler and the checks know of it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/cuda_sim/machine/warp.h"

namespace cuda_sim {

// One cp.async of a warp: what its lanes still have to copy.
struct AsyncCopy {
  const Step* step = nullptr;
  std::uint32_t bytes = 0;  // per lane
  std::uint32_t lanes = 0;  // that have not landed
  std::array<std::uint32_t, kLanes> group{};
  std::array<std::uint32_t, kLanes> shared{};
  std::array<std::uint64_t, kLanes> global{};
  std::array<std::uint32_t, kLanes> source_bytes{};
  std::array<std::array<std::byte, 16>, kLanes> seen{};  // the source when the copy was issued
};

struct WarpRun {
  WarpRun(BlockRun& owner, const Program& program, std::uint32_t number)
      : warp(owner, program, number),
        local(std::size_t{program.local_bytes} * kLanes, std::byte{0xcd}) {}

  Warp warp;
  std::vector<std::byte> local;  // program.local_bytes per lane
  // Lanes: of threads the block has; that have not exited; that wait.
  std::uint32_t lanes = 0;
  std::uint32_t live = 0;
  std::uint32_t at_barrier = 0;
  std::uint32_t at_collective = 0;
  std::uint32_t yielded = 0;  // spun for long: others first
  bool in_barrier = false;    // the warp as a whole has arrived and waits for other warps
  std::uint64_t spins = 0;    // backward branches since it last passed a barrier
  std::array<std::uint32_t, kLanes> pc{};
  std::array<std::uint32_t, kLanes> members{};  // whom a lane in at_collective waits for
  // Lanes that have run a fence since their last plain store.
  std::uint32_t fenced_in_block = 0;
  std::uint32_t fenced_beyond = 0;
  // cp.async, oldest first. committed: groups so far, per lane.
  std::vector<AsyncCopy> copies;
  std::array<std::uint32_t, kLanes> committed{};
};

}  // namespace cuda_sim
