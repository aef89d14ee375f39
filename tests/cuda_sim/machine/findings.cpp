// How the run of a launch words and files what it finds.
#include <algorithm>
#include <bit>
#include <utility>

#include "tests/cuda_sim/machine/block_run.h"
#include "tests/cuda_sim/machine/text.h"

namespace cuda_sim {
namespace {

// Steps made up on the way (collectives.cpp) have no address of their own to go by.
const void* key(const Step& step) {
  return step.source == nullptr ? static_cast<const void*>(&step) : step.source;
}

std::string at_text(const Dim3& at) {
  return "(" + std::to_string(at[0]) + "," + std::to_string(at[1]) + "," + std::to_string(at[2]) +
         ")";
}

}  // namespace

bool BlockRun::again(const Step& step, Fault fault) {
  const auto known = reported_.find({key(step), fault});
  if (known == reported_.end()) return false;
  device.reports().repeat(known->second);
  return true;
}

void BlockRun::first(const WarpRun& run, const Step& step, std::uint32_t lanes, Fault fault,
                     const std::string& message) {
  Report report;
  report.fault = fault;
  report.message = message;
  report.kernel = program.demangled;
  report.where = where(step);
  report.block = block_index_;
  const std::uint32_t lane = lanes == 0 ? 0 : static_cast<std::uint32_t>(std::countr_zero(lanes));
  report.thread = thread_of(run.warp.index, lane);
  reported_[{key(step), fault}] = device.reports().add(std::move(report));
}

void BlockRun::stop(const WarpRun& run, const Step& step, std::uint32_t lanes, Fault fault,
                    const std::string& message) {
  report(run, step, lanes, fault, [&] { return message; });
  throw KernelFault(fault, where(step) + " in " + program.demangled + ": " + message);
}

Dim3 BlockRun::thread_of(std::uint32_t warp, std::uint32_t lane) const {
  const std::uint32_t thread = warp * kLanes + lane;
  return {thread % launch.block[0], thread / launch.block[0] % launch.block[1],
          thread / launch.block[0] / launch.block[1]};
}

Dim3 BlockRun::index_of(std::uint64_t block) const {
  const std::uint64_t row = block / launch.grid[0];
  return {static_cast<std::uint32_t>(block % launch.grid[0]),
          static_cast<std::uint32_t>(row % launch.grid[1]),
          static_cast<std::uint32_t>(row / launch.grid[1])};
}

std::string BlockRun::block_text(std::uint64_t number) const {
  return at_text(index_of(number));
}

std::string BlockRun::thread_text(std::uint32_t warp, std::uint32_t lane) const {
  return "thread " + at_text(thread_of(warp, lane));
}

std::string BlockRun::where(const Step& step) const {
  if (step.source == nullptr || program.module == nullptr) {
    const auto found = std::find_if(program.steps.begin(), program.steps.end(),
                                    [&](const Step& own) { return &own == &step; });
    return "step " + std::to_string(found - program.steps.begin());
  }
  return program.module->where(*step.source);
}

}  // namespace cuda_sim
