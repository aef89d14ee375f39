// Every touch of memory by a kernel, with all checks: bounds, alignment, initialised, read-only,
// races, copies in flight. The one door between opcodes and memory.
#pragma once

#include <cstdint>
#include <functional>

#include "tests/cuda_sim/machine/report.h"
#include "tests/cuda_sim/machine/warp.h"

namespace cuda_sim {

struct Access {
  Space space = Space::kGeneric;
  std::uint32_t bytes = 4;   // per lane: 1, 2, 4, 8, 16 (a vector access is one access)
  bool read_only = false;    // ld.global.nc: the data must not change during the kernel
  bool is_volatile = false;  // ld.volatile, ld.relaxed and stronger: not a data race
  // st.release, atom.release, atom.acq_rel: what the lane did before is ordered before whoever
  // reads this word by an atomic or volatile access. A fence before the access does the same.
  bool releases = false;
};

// addresses: [32], those of active lanes count; of the given space (kShared: offset in the block's
// shared memory; kGeneric: windows of program.h). values: [32][bytes], lane after lane.
// Throws KernelFault (report.h) where real hardware stops the kernel (bounds, alignment).
void load(Warp& warp, const Step& step, const Access& access, const std::uint64_t* addresses,
          void* values);
void store(Warp& warp, const Step& step, const Access& access, const std::uint64_t* addresses,
           const void* values);
// Lanes one after another, ascending: old[lane] = memory; memory = combine(lane, old[lane]).
// bytes 2, 4, 8. Not a race with other atomics.
void atomic(Warp& warp, const Step& step, const Access& access, const std::uint64_t* addresses,
            const std::function<std::uint64_t(unsigned lane, std::uint64_t old)>& combine,
            std::uint64_t* old);

// membar, fence: beyond_block is false for .cta scope. Loads and stores of the active lanes before
// it are ordered before whoever sees a later atomic or volatile store of these lanes.
void fence(Warp& warp, bool beyond_block);

// cp.async: copies source_bytes[lane] (<= bytes) bytes from global to shared memory and zeros the
// rest up to bytes (4, 8, 16). The data is read and lands when a wait makes it due, at the latest
// legal moment; until then its target bytes are in flight and touching them is reported.
void copy_async(Warp& warp, const Step& step, std::uint32_t bytes, const std::uint64_t* shared,
                const std::uint64_t* global, const std::uint32_t* source_bytes);
void commit_async(Warp& warp);
// Completes all but the last `pending` committed groups of each active lane.
void wait_async(Warp& warp, std::uint32_t pending);
// cp.async.wait_all: committed or not.
void wait_async_all(Warp& warp);

// For checks made by opcodes themselves (shuffles): adds a report for the given lanes.
void report(Warp& warp, const Step& step, std::uint32_t lanes, Fault fault,
            const std::string& message);
// Counts non-finite results of floating-point opcodes when Checks::non_finite is on.
void count_non_finite(Warp& warp, const Step& step, std::uint32_t nan_lanes,
                      std::uint32_t infinite_lanes);

}  // namespace cuda_sim
