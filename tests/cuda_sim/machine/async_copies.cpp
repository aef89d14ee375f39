// cp.async. A copy is checked where it is issued and again where it lands: its source may be read
// and its target written at any moment between.
#include <algorithm>
#include <bit>

#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/machine/block_run.h"
#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/machine/touch.h"

namespace cuda_sim {
namespace {

// One lane's copy as it is issued: all checks, and the target marked as in flight.
void issue(BlockRun& block, WarpRun& run, AsyncCopy& copy, unsigned lane) {
  const std::uint32_t bytes = copy.bytes;
  const Segment target{lane, 1, copy.shared[lane], 0};
  const Touch write{block, run, *copy.step, bytes, bytes, true};
  const std::uint64_t to = locate_shared(write, target);
  if (block.checked) check_segment(write, block.shared, to, target, nullptr);
  for (std::uint32_t i = 0; i < bytes; i += 4) ++block.in_flight[(to + i) / 4];
  ++block.copies_in_flight;
  // Alignment is that of the whole copy, bounds those of the bytes it reads.
  const std::uint32_t used = copy.source_bytes[lane];
  if (used == 0) return;
  const Segment source{lane, 1, copy.global[lane], 0};
  const Touch read{block, run, *copy.step, used, bytes};
  const std::uint64_t from = locate_global(read, source);
  if (block.checked) {
    ++block.counts.checks;
    check_written(read, block.global, from, source);
    const std::uint32_t words = used / 4 * 4;
    check_races(read, block.global, from, words, lane, nullptr);
    if (used != words) {
      check_races(read, block.global, from + words, used - words, lane, nullptr);
    }
  }
  std::copy_n(block.global.data + from, used, copy.seen[lane].begin());
}

void land(BlockRun& block, WarpRun& run, AsyncCopy& copy, unsigned lane) {
  const std::uint32_t bytes = copy.bytes;
  const std::uint64_t to = copy.shared[lane];
  for (std::uint32_t i = 0; i < bytes; i += 4) --block.in_flight[(to + i) / 4];
  --block.copies_in_flight;
  std::byte* target = block.shared.data + to;
  std::fill_n(target, bytes, std::byte{0});
  if (copy.source_bytes[lane] != 0) {
    const std::byte* source =
        block.global.data + (copy.global[lane] - block.device.memory().base());
    std::copy_n(source, copy.source_bytes[lane], target);
    if (block.checked &&
        !std::equal(target, target + copy.source_bytes[lane], copy.seen[lane].begin())) {
      block.report(run, *copy.step, 1U << lane, Fault::kAsyncHazard, [&] {
        return "the source of this cp.async, at address " + hexadecimal(copy.global[lane]) +
               ", was overwritten before the copy was waited for";
      });
    }
  }
  if (!block.checked) return;
  const Touch write{block, run, *copy.step, bytes, bytes, true};
  check_races(write, block.shared, to, bytes, lane, nullptr);
  block.shared.written.mark(to, to + bytes);
}

// Lands the copies of the active lanes in groups before due[lane].
void complete(Warp& warp, const std::array<std::uint32_t, kLanes>& due) {
  BlockRun& block = warp.block;
  WarpRun& run = block.of(warp);
  for (AsyncCopy& copy : run.copies) {
    for_lanes(copy.lanes & warp.active, [&](unsigned lane) {
      if (copy.group[lane] >= due[lane]) return;
      copy.lanes &= ~(1U << lane);
      land(block, run, copy, lane);
    });
  }
  std::erase_if(run.copies, [](const AsyncCopy& copy) { return copy.lanes == 0; });
}

}  // namespace

void copy_async(Warp& warp, const Step& step, std::uint32_t bytes, const std::uint64_t* shared,
                const std::uint64_t* global, const std::uint32_t* source_bytes) {
  WarpRun& run = warp.block.of(warp);
  AsyncCopy& copy = run.copies.emplace_back();
  copy.step = &step;
  copy.bytes = bytes;
  for_lanes(warp.active, [&](unsigned lane) {
    copy.shared[lane] = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(shared[lane], std::uint32_t{0xfffffff0U} | (shared[lane] & 15U)));
    copy.global[lane] = global[lane];
    copy.source_bytes[lane] = std::min(source_bytes[lane], bytes);
    copy.group[lane] = run.committed[lane];
    issue(warp.block, run, copy, lane);
    copy.lanes |= 1U << lane;
  });
}

void commit_async(Warp& warp) {
  WarpRun& run = warp.block.of(warp);
  for_lanes(warp.active, [&](unsigned lane) { ++run.committed[lane]; });
}

void wait_async(Warp& warp, std::uint32_t pending) {
  std::array<std::uint32_t, kLanes> due = warp.block.of(warp).committed;
  for (std::uint32_t& group : due) group -= std::min(group, pending);
  complete(warp, due);
}

void wait_async_all(Warp& warp) {
  std::array<std::uint32_t, kLanes> due;
  due.fill(~std::uint32_t{0});
  complete(warp, due);
}

}  // namespace cuda_sim
