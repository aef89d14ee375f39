#include <algorithm>
#include <bit>

#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/machine/block_run.h"
#include "tests/cuda_sim/machine/shadow.h"
#include "tests/cuda_sim/machine/text.h"

namespace cuda_sim {
namespace {

constexpr std::uint32_t kNever = 0xffffffffU;
// Backward branches before other lanes and warps get their turn.
constexpr std::uint32_t kSlice = 1U << 14;

}  // namespace

BlockRun::BlockRun(Device& on, const Launch& what, std::uint32_t launch_number)
    : device(on),
      launch(what),
      program(*what.program),
      checked(on.checks.enabled),
      launch_number_(launch_number) {
  threads_ = launch.block[0] * launch.block[1] * launch.block[2];
  const std::uint32_t warps = (threads_ + kLanes - 1) / kLanes;
  for (std::uint32_t i = 0; i < warps; ++i) {
    warps_.emplace_back(*this, program, i);
    warps_.back().warp.watch_non_finite = on.checks.non_finite;
  }
  const std::uint32_t dynamic_start = (program.static_shared_bytes + 15) / 16 * 16;
  shared_bytes = launch.dynamic_shared == 0 ? program.static_shared_bytes
                                            : dynamic_start + launch.dynamic_shared;
  shared_data_.resize(shared_bytes);
  shared.data = shared_data_.data();
  Memory& memory = on.memory();
  Memory::Shadow& shadow = memory.shadow();
  global.global = true;
  global.data = memory.backing(memory.base());
  global.written = shadow.bits();
  in_flight.resize((shared_bytes + 3) / 4);
  if (checked) {
    races = std::make_unique<Races>(warps, shadow.next_serial);
    shadow.map_cells();
    global.words = shadow.words.as<RaceCell>();
    global.units = shadow.units.as<RaceCell>();
    global.first_serial = shadow.next_serial;
    shared_written_.resize((shared_bytes + 63) / 64);
    if (shared_bytes != 0) {
      shared_words_ = Mapping(in_flight.size() * sizeof(RaceCell));
      shared_units_ = Mapping(in_flight.size() * 4 * sizeof(RaceCell));
    }
    shared.written = WrittenBits(shared_written_.data());
    shared.words = shared_words_.as<RaceCell>();
    shared.units = shared_units_.as<RaceCell>();
  }
  for (WarpRun& run : warps_) fill_special_registers(run);
}

BlockRun::~BlockRun() {
  if (races) device.memory().shadow().next_serial = races->end_serial();
}

void BlockRun::run() {
  const std::uint64_t blocks = std::uint64_t{launch.grid[0]} * launch.grid[1] * launch.grid[2];
  for (block_ = 0; block_ < blocks; ++block_) {
    block_index_ = index_of(block_);
    begin_block();
    run_block();
    ++counts.blocks;
  }
}

void BlockRun::begin_block() {
  if (checked) {
    races->begin_block();
    shared.first_serial = races->block_serial();
    std::fill(shared_written_.begin(), shared_written_.end(), 0);
  }
  barriers_.fill({});
  for (WarpRun& run : warps_) {
    const std::uint32_t before = run.warp.index * kLanes;
    run.lanes = kAllLanes >> (kLanes - std::min(kLanes, threads_ - before));
    run.live = run.lanes;
    run.at_barrier = run.at_collective = run.yielded = 0;
    run.in_barrier = false;
    run.spins = 0;
    run.pc.fill(0);
    run.fenced_in_block = run.fenced_beyond = 0;
    run.committed.fill(0);
    set_block_registers(run.warp);
  }
}

void BlockRun::run_block() {
  const std::size_t count = warps_.size();
  for (;;) {
    bool progress = false;
    bool alive = false;
    for (std::size_t i = 0; i < count; ++i) {
      // Another warp goes first in each block, so that code which relies on an order shows.
      WarpRun& run = warps_[(i + block_) % count];
      if (run.live == 0 || run.in_barrier) continue;
      const std::uint64_t before = counts.warp_instructions;
      run_warp(run);
      if (run.live != 0 && run.at_barrier == run.live) {
        arrive(run);
        progress = true;
      }
      progress |= counts.warp_instructions != before;
    }
    progress |= open_barriers();
    for (const WarpRun& run : warps_) alive |= run.live != 0;
    if (!alive) return;
    if (!progress) report_deadlock();
  }
}

void BlockRun::run_warp(WarpRun& run) {
  if (checked) races->actor(run.warp.index);
  std::uint32_t slice = kSlice;
  Group group;
  while (select(run, &group)) {
    if (group.pc >= program.steps.size()) {  // past the last step: the same as exit
      run.live &= ~group.lanes;
    } else if (!run_group(run, group, &slice)) {
      run.yielded |= group.lanes;
      slice = kSlice;
      if ((run.live & ~(run.at_barrier | run.at_collective | run.yielded)) == 0) break;
    }
    if (run.at_collective != 0) resolve_collectives(run);
  }
  run.yielded = 0;
  if (run.live == 0) end_warp(run);
}

bool BlockRun::select(WarpRun& run, Group* group) const {
  std::uint32_t ready = run.live & ~(run.at_barrier | run.at_collective);
  if (ready == 0) return false;
  if ((ready & ~run.yielded) != 0) ready &= ~run.yielded;
  *group = {0, kNever, static_cast<std::uint32_t>(program.steps.size())};
  for_lanes(ready, [&](unsigned lane) { group->pc = std::min(group->pc, run.pc[lane]); });
  for_lanes(ready, [&](unsigned lane) {
    if (run.pc[lane] == group->pc) {
      group->lanes |= 1U << lane;
    } else {
      group->limit = std::min(group->limit, run.pc[lane]);
    }
  });
  return true;
}

bool BlockRun::run_group(WarpRun& run, Group group, std::uint32_t* slice) {
  Warp& warp = run.warp;
  const Step* const steps = program.steps.data();
  const bool clocked = !clocks_.empty();
  const auto move = [&](std::uint32_t lanes, std::uint32_t to) {
    for_lanes(lanes, [&](unsigned lane) { run.pc[lane] = to; });
  };
  std::uint32_t pc = group.pc;
  std::uint64_t width = static_cast<unsigned>(std::popcount(group.lanes));
  while (pc < group.limit) {
    const Step& step = steps[pc];
    std::uint32_t active = group.lanes;
    if (step.guarded) {
      active &= warp.predicate(step.guard) ^ (step.guard_negated ? kAllLanes : 0U);
    }
    ++counts.warp_instructions;
    if (clocked) set_clocks(warp);
    if (active == group.lanes) {
      counts.thread_instructions += width;
    } else {
      counts.thread_instructions += static_cast<unsigned>(std::popcount(active));
      if (active == 0) {
        ++pc;
        continue;
      }
    }
    warp.active = active;
    switch (step.flow) {
      case Flow::kNext:
        step.execute(warp, step);
        if (step.multiply_adds != 0) {
          counts.multiply_adds +=
              std::uint64_t{step.multiply_adds} * static_cast<unsigned>(std::popcount(active));
        }
        ++pc;
        break;
      case Flow::kBranch:
        if (active != group.lanes) {
          move(active, step.target);
          move(group.lanes & ~active, pc + 1);
          return true;
        }
        if (step.target <= pc && --*slice == 0) {
          move(active, step.target);
          check_spin(run, pc);
          return false;
        }
        pc = step.target;
        break;
      case Flow::kBranchIndexed:
        move(group.lanes & ~active, pc + 1);
        branch_indexed(run, step, active);
        return true;
      case Flow::kExit:
        run.live &= ~active;
        move(group.lanes & ~active, pc + 1);
        return true;
      case Flow::kBlockBarrier:
        run.at_barrier |= active;
        move(active, pc);
        move(group.lanes & ~active, pc + 1);
        return true;
      case Flow::kWarpCollective:
        if (collective_now(run, step, active)) {
          ++pc;
          break;
        }
        move(active, pc);
        move(group.lanes & ~active, pc + 1);
        wait_for_collective(run, step, active);
        return true;
    }
  }
  move(group.lanes, pc);
  return true;
}

void BlockRun::branch_indexed(WarpRun& run, const Step& step, std::uint32_t active) {
  const auto& targets = static_cast<const BranchTable*>(step.detail)->targets;
  const std::uint32_t* index = run.warp.read<std::uint32_t>(step.operands[0]);
  for_lanes(active, [&](unsigned lane) {
    if (index[lane] >= targets.size()) {
      stop(run, step, 1U << lane, Fault::kTrap,
           "branches to entry " + std::to_string(index[lane]) + " of a table of " +
               std::to_string(targets.size()));
    }
    run.pc[lane] = targets[index[lane]];
  });
}

void BlockRun::check_spin(WarpRun& run, std::uint32_t pc) {
  run.spins += kSlice;
  if (run.spins < device.checks.spin_limit) return;
  stop(run, program.steps[pc], run.warp.active, Fault::kDeadlock,
       "loops without end: " + counted(run.spins, "backward branch") +
           "es of its warp since the last barrier, while all other threads had their turns; a loop "
           "that waits for another block waits for ever, as blocks run one after another");
}

void BlockRun::end_warp(WarpRun& run) {
  if (run.copies.empty()) return;
  for (const AsyncCopy& copy : run.copies) {
    report(run, *copy.step, copy.lanes, Fault::kAsyncHazard, [&] {
      return "a cp.async was never waited for: its threads exited with the copy in flight (" +
             lanes_text(copy.lanes) + "); wait for all groups before the kernel ends";
    });
    for_lanes(copy.lanes, [&](unsigned lane) {
      for (std::uint32_t i = 0; i < copy.bytes; i += 4) --in_flight[(copy.shared[lane] + i) / 4];
    });
    copies_in_flight -= static_cast<unsigned>(std::popcount(copy.lanes));
  }
  run.copies.clear();
}

void BlockRun::report_deadlock() {
  std::string text;
  const WarpRun* first_run = nullptr;
  const Step* first_step = nullptr;
  std::uint32_t first_lanes = 0;
  unsigned named = 0;
  for (const WarpRun& run : warps_) {
    for (std::uint32_t left = run.live; left != 0;) {
      const auto lane = static_cast<unsigned>(std::countr_zero(left));
      std::uint32_t same = 0;
      for_lanes(left, [&](unsigned other) {
        if (run.pc[other] == run.pc[lane]) same |= 1U << other;
      });
      left &= ~same;
      const Step& step = program.steps[run.pc[lane]];
      if (first_run == nullptr) {
        first_run = &run;
        first_step = &step;
        first_lanes = same;
      }
      if (++named > 8) continue;
      text += (text.empty() ? "" : "; ") + std::string("warp ") + std::to_string(run.warp.index) +
              " " + lanes_text(same) + " at " + where(step);
      if ((run.at_collective >> lane & 1U) != 0) {
        text += " (for " + lanes_text(run.members[lane]) + ")";
      }
    }
  }
  if (named > 8) text += "; and " + std::to_string(named - 8) + " more groups";
  for (std::uint32_t i = 0; i < barriers_.size(); ++i) {
    if (barriers_[i].waiting != 0 && barriers_[i].expected != 0) check_early_exit(i);
  }
  stop(*first_run, *first_step, first_lanes, Fault::kDeadlock,
       "no thread of the block can go on. Waiting: " + text);
}

}  // namespace cuda_sim
