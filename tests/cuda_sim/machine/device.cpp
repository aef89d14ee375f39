#include "tests/cuda_sim/machine/device.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "tests/cuda_sim/machine/block_run.h"
#include "tests/cuda_sim/machine/shadow.h"

namespace cuda_sim {
namespace {

// No processor maps these addresses to anything: bits 52 to 55 are set by the ordinal, which user
// space never has. Below the windows of program.h.
constexpr std::uint64_t kAddressesPerDevice = std::uint64_t{1} << 52;
constexpr std::uint32_t kMostDevices = 15;
// Serials left for one launch before all are forgotten and counted anew.
constexpr std::uint32_t kSerialsRenewed = 0x60000000U;

std::uint64_t base_of(std::uint32_t ordinal) {
  if (ordinal >= kMostDevices) {
    throw std::runtime_error("simulated device " + std::to_string(ordinal) + ": there are " +
                             std::to_string(kMostDevices) + " address ranges for devices");
  }
  return (ordinal + 1) * kAddressesPerDevice;
}

void add(KernelCounts& to, const KernelCounts& from) {
  to.launches += from.launches;
  to.blocks += from.blocks;
  to.warp_instructions += from.warp_instructions;
  to.thread_instructions += from.thread_instructions;
  to.matrix_instructions += from.matrix_instructions;
  to.multiply_adds += from.multiply_adds;
  to.matrix_multiply_adds += from.matrix_multiply_adds;
  to.global_loaded += from.global_loaded;
  to.global_stored += from.global_stored;
  to.shared_loaded += from.shared_loaded;
  to.shared_stored += from.shared_stored;
  to.checks += from.checks;
  to.nan_results += from.nan_results;
  to.infinite_results += from.infinite_results;
  for (const auto& [number, traffic] : from.allocations) {
    to.allocations[number].loaded += traffic.loaded;
    to.allocations[number].stored += traffic.stored;
  }
  to.block_threads = std::max(to.block_threads, from.block_threads);
  to.dynamic_shared = std::max(to.dynamic_shared, from.dynamic_shared);
  to.seconds += from.seconds;
}

}  // namespace

Device::Device(Profile profile, std::uint32_t ordinal, Reports& reports)
    : profile_(std::move(profile)),
      memory_(base_of(ordinal), profile_.memory_bytes),
      reports_(reports) {}

Device::~Device() = default;

void Device::run(const Launch& launch) {
  Memory::Shadow& shadow = memory_.shadow();
  if (shadow.next_serial > kSerialsRenewed) {
    shadow.words.discard_all();
    shadow.units.discard_all();
    shadow.next_serial = 1;
  }
  const auto start = std::chrono::steady_clock::now();
  BlockRun run(*this, launch, ++launches_);
  const auto finish = [&] {
    run.counts.launches = 1;
    run.counts.block_threads = launch.block[0] * launch.block[1] * launch.block[2];
    run.counts.dynamic_shared = launch.dynamic_shared;
    run.counts.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    add(counts_[launch.program->demangled], run.counts);
  };
  try {
    run.run();
  } catch (...) {
    finish();
    throw;
  }
  finish();
}

}  // namespace cuda_sim
