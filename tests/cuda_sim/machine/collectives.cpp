// Steps that several lanes of a warp execute together.
#include <algorithm>
#include <bit>
#include <vector>

#include "tests/cuda_sim/machine/block_run.h"
#include "tests/cuda_sim/machine/text.h"

namespace cuda_sim {
namespace {

std::size_t bytes_of(LaneRef where) {
  return where.bits == 1 ? 4 : std::size_t{where.bits} / 8 * kLanes;
}

// Copies the given lanes of a value of `bits` between two places.
void copy_lanes(std::uint8_t bits, std::uint32_t lanes, const std::byte* from, std::byte* to) {
  if (bits == 1) {
    std::uint32_t source = 0;
    std::uint32_t target = 0;
    std::memcpy(&source, from, 4);
    std::memcpy(&target, to, 4);
    target = (target & ~lanes) | (source & lanes);
    std::memcpy(to, &target, 4);
    return;
  }
  const std::size_t bytes = bits / 8U;
  for_lanes(lanes,
            [&](unsigned lane) { std::memcpy(to + lane * bytes, from + lane * bytes, bytes); });
}

bool is_matrix(const Step& step) {
  if (step.source == nullptr) return false;
  const std::vector<std::string>& parts = step.source->parts;
  return parts.size() > 1 && (parts[0] == "mma" || (parts[0] == "wmma" && parts[1] == "mma"));
}

}  // namespace

std::uint32_t BlockRun::members_of(const WarpRun& run, const Step& step, unsigned lane) const {
  if (step.member_operand < 0) return kAllLanes;
  return run.warp.read<std::uint32_t>(step.operands[step.member_operand])[lane] | 1U << lane;
}

bool BlockRun::collective_now(WarpRun& run, const Step& step, std::uint32_t active) {
  const auto lane = static_cast<unsigned>(std::countr_zero(active));
  const std::uint32_t members = members_of(run, step, lane);
  if ((members & run.live) != active) return false;
  bool same = true;
  if (step.member_operand >= 0) {
    for_lanes(active, [&](unsigned i) { same &= members_of(run, step, i) == members; });
  }
  if (!same) return false;
  for_lanes(active, [&](unsigned i) { run.members[i] = members; });
  execute_collective(run, step, active);
  return true;
}

void BlockRun::wait_for_collective(WarpRun& run, const Step& step, std::uint32_t active) {
  run.at_collective |= active;
  for_lanes(active, [&](unsigned lane) { run.members[lane] = members_of(run, step, lane); });
}

void BlockRun::resolve_collectives(WarpRun& run) {
  for (std::uint32_t left = run.at_collective; left != 0;) {
    const auto lane = static_cast<unsigned>(std::countr_zero(left));
    const Step& step = program.steps[run.pc[lane]];
    std::uint32_t together = 0;
    for_lanes(left, [&](unsigned other) {
      if (run.members[other] == run.members[lane] &&
          program.steps[run.pc[other]].rendezvous == step.rendezvous) {
        together |= 1U << other;
      }
    });
    left &= ~together;
    if (((run.members[lane] & run.live) & ~together) != 0) continue;
    run_gathered(run, together);
    run.at_collective &= ~together;
    for_lanes(together, [&](unsigned other) { ++run.pc[other]; });
  }
}

// Lanes at one step run it. Lanes at several steps with the same opcode have their operands brought
// together in scratch registers first, and the results taken back from there.
void BlockRun::run_gathered(WarpRun& run, std::uint32_t lanes) {
  const auto leader = static_cast<unsigned>(std::countr_zero(lanes));
  const Step& first_step = program.steps[run.pc[leader]];
  bool same = true;
  for_lanes(lanes, [&](unsigned lane) { same &= run.pc[lane] == run.pc[leader]; });
  if (same) {
    execute_collective(run, first_step, lanes);
    return;
  }
  if (first_step.member_operand < 0) {
    report(run, first_step, lanes, Fault::kBarrierDivergence, [&] {
      return "the lanes of the warp are at different instructions of this kind, and all must be at "
             "the same";
    });
  }
  std::vector<LaneRef> operands(first_step.operands,
                                first_step.operands + first_step.operand_count);
  std::uint32_t offset = (program.register_bytes + 63) / 64 * 64;
  std::vector<std::vector<std::byte>> before;
  for (std::size_t i = 0; i < operands.size(); ++i, offset += kLanes * 8) {
    operands[i].bank = 0;
    operands[i].offset = offset;
    auto* gathered = run.warp.write<std::byte>(operands[i]);
    for_lanes(lanes, [&](unsigned lane) {
      const LaneRef own = program.steps[run.pc[lane]].operands[i];
      copy_lanes(own.bits, 1U << lane, run.warp.read<std::byte>(own), gathered);
    });
    before.emplace_back(gathered, gathered + bytes_of(operands[i]));
  }
  Step step = first_step;
  step.operands = operands.data();
  execute_collective(run, step, lanes);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (first_step.operands[i].bank != 0) continue;
    const auto* after = run.warp.read<std::byte>(operands[i]);
    for_lanes(lanes, [&](unsigned lane) {
      const LaneRef own = program.steps[run.pc[lane]].operands[i];
      std::vector<std::byte> merged = before[i];
      copy_lanes(own.bits, 1U << lane, after, merged.data());
      if (merged != before[i] && own.bank == 0) {
        copy_lanes(own.bits, 1U << lane, after, run.warp.write<std::byte>(own));
      }
    });
  }
}

// Lanes that exited need not come; whether the opcode can do without them is its own to check.
void BlockRun::execute_collective(WarpRun& run, const Step& step, std::uint32_t lanes) {
  const bool whole_warp = step.member_operand < 0;
  run.warp.active = lanes;
  step.execute(run.warp, step);
  if (whole_warp && is_matrix(step)) {
    ++counts.matrix_instructions;
    counts.matrix_multiply_adds += step.multiply_adds;
  }
  if (checked && !whole_warp) {
    WarpClock& clock = races->clock(run.warp.index);
    if ((run.live & ~lanes) == 0) {
      clock.synchronise();
    } else {
      clock.synchronise(lanes);
    }
  }
}

}  // namespace cuda_sim
