// The run of a launch: its blocks one after another, the warps of a block in turns.
//
// A warp runs until all its lanes wait or have exited. Of lanes at different steps those at the
// lowest run first, so that diverged lanes meet again where their paths do. A barrier without a
// thread count waits for all warps that have not exited; lanes of a warp arrive at a barrier
// together, as PTX barriers count warps (PTX ISA, bar/barrier).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/cuda_sim/machine/device.h"
#include "tests/cuda_sim/machine/mapping.h"
#include "tests/cuda_sim/machine/races.h"
#include "tests/cuda_sim/machine/region.h"
#include "tests/cuda_sim/machine/report.h"
#include "tests/cuda_sim/machine/warp_run.h"

namespace cuda_sim {

class BlockRun {
 public:
  BlockRun(Device& device, const Launch& launch, std::uint32_t launch_number);
  ~BlockRun();
  BlockRun(const BlockRun&) = delete;
  BlockRun& operator=(const BlockRun&) = delete;

  void run();  // all blocks; throws KernelFault

  // For access.h. What the launch did so far, also after a KernelFault.
  KernelCounts counts;
  Device& device;
  const Launch& launch;
  const Program& program;
  const bool checked;  // Checks::enabled
  Region global;
  Region shared;
  std::uint32_t shared_bytes = 0;
  std::unique_ptr<Races> races;  // null when not checked
  // cp.async copies in flight to each word of shared memory, and in all.
  std::vector<std::uint16_t> in_flight;
  std::uint32_t copies_in_flight = 0;
  // The live allocation that the last global access hit, and its traffic in counts.
  Allocation* last_allocation = nullptr;
  KernelCounts::Traffic* last_traffic = nullptr;

  WarpRun& of(const Warp& warp) { return warps_[warp.index]; }
  std::string thread_text(std::uint32_t warp, std::uint32_t lane) const;  // "thread (3,0,0)"
  std::string block_text(std::uint64_t number) const;                     // "(0,1,0)"
  Dim3 thread_of(std::uint32_t warp, std::uint32_t lane) const;
  std::uint64_t block_number() const { return block_; }
  std::string where(const Step& step) const;
  // message() is called only for the first of its kind at a step.
  template <class Message>
  void report(const WarpRun& warp, const Step& step, std::uint32_t lanes, Fault fault,
              Message&& message) {
    if (!again(step, fault)) first(warp, step, lanes, fault, message());
  }
  // Reports and throws KernelFault.
  [[noreturn]] void stop(const WarpRun& warp, const Step& step, std::uint32_t lanes, Fault fault,
                         const std::string& message);

 private:
  // Lanes of a warp at the same step.
  struct Group {
    std::uint32_t lanes = 0;
    std::uint32_t pc = 0;
    std::uint32_t limit = 0;  // where the group meets others, or the end
  };
  // One of the 16 barriers of a block.
  struct BarrierState {
    std::uint32_t waiting = 0;   // warps
    std::uint32_t arrived = 0;   // count of warps, waiting or not
    std::uint32_t expected = 0;  // count of warps; 0: all
    const Step* step = nullptr;  // of the first to arrive
    Barrier::Kind kind = Barrier::Kind::kSync;
    std::uint32_t popc = 0;  // of the predicates
    std::uint32_t voters = 0;
    SeenClocks seen{};
  };

  // findings.cpp
  bool again(const Step& step, Fault fault);
  void first(const WarpRun& warp, const Step& step, std::uint32_t lanes, Fault fault,
             const std::string& message);

  // special_registers.cpp
  // Those that stay the same for the launch; throws std::runtime_error naming an unknown one.
  void fill_special_registers(WarpRun& run);
  void set_block_registers(Warp& warp) const;
  void set_clocks(Warp& warp) const;

  // schedule.cpp
  void begin_block();
  void run_block();
  void run_warp(WarpRun& run);
  bool select(WarpRun& run, Group* group) const;
  // Returns false when the warp has spun for its time slice.
  bool run_group(WarpRun& run, Group group, std::uint32_t* slice);
  void branch_indexed(WarpRun& run, const Step& step, std::uint32_t active);
  Dim3 index_of(std::uint64_t block) const;
  void check_spin(WarpRun& run, std::uint32_t pc);
  void end_warp(WarpRun& run);
  [[noreturn]] void report_deadlock();

  // collectives.cpp
  std::uint32_t members_of(const WarpRun& run, const Step& step, unsigned lane) const;
  // Runs the step at once if all its members are in `active`.
  bool collective_now(WarpRun& run, const Step& step, std::uint32_t active);
  void wait_for_collective(WarpRun& run, const Step& step, std::uint32_t active);
  void resolve_collectives(WarpRun& run);
  void run_collective(WarpRun& run, std::uint32_t lanes);
  void run_gathered(WarpRun& run, std::uint32_t lanes);
  void execute_collective(WarpRun& run, const Step& step, std::uint32_t lanes);

  // barriers.cpp
  void arrive(WarpRun& run);
  void check_together(const WarpRun& run);
  void vote(const WarpRun& run, BarrierState& barrier);
  // Opens the barriers that wait for nobody else; true if any did.
  bool open_barriers();
  void open(std::uint32_t number);
  void check_early_exit(std::uint32_t number);

  std::deque<WarpRun> warps_;
  std::array<BarrierState, 16> barriers_;
  std::uint64_t block_ = 0;  // linear
  Dim3 block_index_{};
  std::uint32_t threads_ = 0;  // per block
  std::uint32_t launch_number_ = 0;
  // Special registers that change: with time; with the block (an axis of %ctaid, or %smid).
  std::vector<LaneRef> clocks_;
  struct BlockRegister {
    LaneRef where;
    std::size_t axis;  // 3: %smid
  };
  std::vector<BlockRegister> block_registers_;
  // Backings of `shared`.
  std::vector<std::byte> shared_data_;
  std::vector<std::uint64_t> shared_written_;
  Mapping shared_words_;
  Mapping shared_units_;
  // By step (its instruction, if it has one) and fault: index into the device's reports.
  std::map<std::pair<const void*, Fault>, std::size_t> reported_;
};

}  // namespace cuda_sim
