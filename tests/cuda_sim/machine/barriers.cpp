// bar and barrier (PTX ISA, "Parallel Synchronization and Communication Instructions").
#include <algorithm>
#include <bit>

#include "tests/cuda_sim/machine/block_run.h"
#include "tests/cuda_sim/machine/text.h"

namespace cuda_sim {
namespace {

const Barrier& barrier_of(const Step& step) {
  return *static_cast<const Barrier*>(step.detail);
}

bool is_reduction(Barrier::Kind kind) {
  return kind != Barrier::Kind::kSync && kind != Barrier::Kind::kArrive;
}

std::uint32_t value_of(const Warp& warp, LaneRef where, unsigned lane) {
  switch (where.bits) {
    case 16:
      return warp.read<std::uint16_t>(where)[lane];
    case 64:
      return static_cast<std::uint32_t>(warp.read<std::uint64_t>(where)[lane]);
    default:
      return warp.read<std::uint32_t>(where)[lane];
  }
}

// Operands: [number, count (if any), predicate, destination].
const LaneRef* vote_operands(const Step& step) {
  return step.operands + (barrier_of(step).has_count ? 2 : 1);
}

}  // namespace

void BlockRun::arrive(WarpRun& run) {
  const auto leader = static_cast<unsigned>(std::countr_zero(run.live));
  const Step& step = program.steps[run.pc[leader]];
  const Barrier& form = barrier_of(step);
  const std::uint32_t number = value_of(run.warp, step.operands[0], leader);
  const std::uint32_t threads = form.has_count ? value_of(run.warp, step.operands[1], leader) : 0;
  if (number >= barriers_.size()) {
    stop(run, step, run.live, Fault::kBarrierDivergence,
         "uses barrier " + std::to_string(number) + "; a block has 16, numbered from 0");
  }
  if (form.has_count && (threads == 0 || threads % kLanes != 0)) {
    stop(run, step, run.live, Fault::kBarrierDivergence,
         "barrier " + std::to_string(number) + " is given " + counted(threads, "thread") +
             "; a multiple of the warp size 32 is expected");
  }
  check_together(run);
  BarrierState& barrier = barriers_[number];
  if (barrier.arrived == 0) {
    barrier.step = &step;
    barrier.expected = threads / kLanes;
    barrier.kind = Barrier::Kind::kSync;
  } else if (barrier.expected != threads / kLanes) {
    report(run, step, run.live, Fault::kBarrierDivergence, [&] {
      const auto text = [](std::uint32_t warps) {
        return warps == 0 ? std::string("all threads") : counted(warps * kLanes, "thread");
      };
      return "barrier " + std::to_string(number) + " waits for " + text(threads / kLanes) +
             " here and for " + text(barrier.expected) + " at " + where(*barrier.step);
    });
  }
  if (is_reduction(form.kind)) {
    if (is_reduction(barrier.kind) && barrier.kind != form.kind) {
      report(run, step, run.live, Fault::kBarrierDivergence, [&] {
        return "barrier " + std::to_string(number) + " makes another reduction here than at " +
               where(*barrier.step);
      });
    }
    barrier.kind = form.kind;
    vote(run, barrier);
  }
  ++barrier.arrived;
  if (checked) {
    WarpClock& clock = races->clock(run.warp.index);
    clock.synchronise();
    clock.publish(&barrier.seen);
  }
  run.spins = 0;
  if (form.kind == Barrier::Kind::kArrive) {
    for_lanes(run.live, [&](unsigned lane) { ++run.pc[lane]; });
    run.at_barrier = 0;
  } else {
    barrier.waiting |= 1U << run.warp.index;
    run.in_barrier = true;
  }
}

void BlockRun::check_together(const WarpRun& run) {
  const auto leader = static_cast<unsigned>(std::countr_zero(run.live));
  const Step& step = program.steps[run.pc[leader]];
  std::uint32_t elsewhere = 0;
  bool aligned = false;
  bool other_barrier = false;
  const std::uint32_t number = value_of(run.warp, step.operands[0], leader);
  for_lanes(run.live, [&](unsigned lane) {
    const Step& own = program.steps[run.pc[lane]];
    aligned |= barrier_of(own).aligned;
    other_barrier |= value_of(run.warp, own.operands[0], lane) != number;
    if (&own != &step) elsewhere |= 1U << lane;
  });
  if (!other_barrier && (elsewhere == 0 || !aligned)) return;
  const auto lane = static_cast<unsigned>(std::countr_zero(elsewhere == 0 ? run.live : elsewhere));
  report(run, step, run.live & ~elsewhere, Fault::kBarrierDivergence, [&] {
    return "only " + lanes_text(run.live & ~elsewhere) + " of warp " +
           std::to_string(run.warp.index) + " reach this barrier" +
           (other_barrier && elsewhere == 0
                ? " with the same number"
                : "; " + lanes_text(elsewhere) + " wait at " + where(program.steps[run.pc[lane]]));
  });
}

void BlockRun::vote(const WarpRun& run, BarrierState& barrier) {
  for_lanes(run.live, [&](unsigned lane) {
    const Step& step = program.steps[run.pc[lane]];
    if (!is_reduction(barrier_of(step).kind)) return;
    const bool value = (run.warp.predicate(vote_operands(step)[0]) >> lane & 1U) != 0;
    barrier.popc += value ? 1 : 0;
    ++barrier.voters;
  });
}

bool BlockRun::open_barriers() {
  bool opened = false;
  std::uint32_t live_warps = 0;
  for (const WarpRun& run : warps_) live_warps += run.live != 0 ? 1 : 0;
  for (std::uint32_t i = 0; i < barriers_.size(); ++i) {
    const BarrierState& barrier = barriers_[i];
    if (barrier.arrived == 0) continue;
    const std::uint32_t wanted = barrier.expected == 0 ? live_warps : barrier.expected;
    if (barrier.arrived < wanted) continue;
    if (barrier.expected == 0) check_early_exit(i);
    open(i);
    opened = true;
  }
  return opened;
}

void BlockRun::open(std::uint32_t number) {
  const BarrierState barrier = barriers_[number];
  barriers_[number] = {};
  for_lanes(barrier.waiting, [&](unsigned index) {
    WarpRun& run = warps_[index];
    for_lanes(run.live, [&](unsigned lane) {
      const Step& step = program.steps[run.pc[lane]];
      if (is_reduction(barrier_of(step).kind)) {
        const LaneRef to = vote_operands(step)[1];
        const bool all = barrier.popc == barrier.voters;
        const bool any = barrier.popc != 0;
        if (barrier_of(step).kind == Barrier::Kind::kPopc) {
          run.warp.write<std::uint32_t>(to)[lane] = barrier.popc;
        } else {
          run.warp.active = 1U << lane;
          run.warp.set_predicate(
              to, (barrier_of(step).kind == Barrier::Kind::kAnd ? all : any) ? kAllLanes : 0U);
        }
      }
      ++run.pc[lane];
    });
    run.at_barrier = 0;
    run.in_barrier = false;
    if (checked) races->clock(index).acquire(barrier.seen);
  });
}

void BlockRun::check_early_exit(std::uint32_t number) {
  if (!checked) return;
  std::uint32_t exited = 0;
  std::string who;
  for (const WarpRun& run : warps_) {
    const std::uint32_t gone = run.lanes & ~run.live;
    if (gone == 0) continue;
    if (exited == 0) {
      who = thread_text(run.warp.index, static_cast<unsigned>(std::countr_zero(gone)));
    }
    exited += static_cast<unsigned>(std::popcount(gone));
  }
  if (exited == 0) return;
  const BarrierState& barrier = barriers_[number];
  const auto first_warp = static_cast<unsigned>(std::countr_zero(barrier.waiting));
  if (barrier.waiting == 0) return;
  const WarpRun& run = warps_[first_warp];
  report(run, *barrier.step, run.live, Fault::kEarlyExit, [&] {
    return "barrier " + std::to_string(number) + " is reached by " +
           counted(threads_ - exited, "thread") + " of the block's " + std::to_string(threads_) +
           "; " + who +
           (exited > 1 ? " and " + std::to_string(exited - 1) + " more have" : " has") +
           " exited before";
  });
}

}  // namespace cuda_sim
