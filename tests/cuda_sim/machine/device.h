// One simulated GPU: memory, limits, and the execution of launches. Not thread-safe: the runtime
// holds one lock over everything.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/memory.h"
#include "tests/cuda_sim/machine/program.h"
#include "tests/cuda_sim/machine/report.h"

namespace cuda_sim {

// The numbers of a card that a program can ask for or run into (a device profile's JSON).
struct Profile {
  std::string name;
  std::uint32_t sm = 80;  // compute capability: 75, 80, 90
  std::uint32_t multiprocessors = 1;
  std::uint64_t memory_bytes = 0;
  std::uint64_t l2_bytes = 0;
  std::uint32_t shared_per_block = 49152;
  std::uint32_t shared_per_block_optin = 49152;
  std::uint32_t reserved_shared_per_block = 0;
  std::uint32_t threads_per_block = 1024;
  Dim3 max_block{1024, 1024, 64};
  Dim3 max_grid{2147483647, 65535, 65535};
  std::uint32_t threads_per_multiprocessor = 2048;
  std::uint32_t blocks_per_multiprocessor = 32;
  std::uint32_t registers_per_block = 65536;
  std::uint32_t clock_khz = 0;
  std::uint32_t memory_clock_khz = 0;
  std::uint32_t driver_version = 13000;
  std::string json;  // the text itself, for cuDNN
};

struct Checks {
  bool enabled = true;      // off: only what keeps the simulator itself safe (bounds)
  bool non_finite = false;  // count NaN and infinite results
  // Backward branches of one warp without a barrier after which it is taken to loop for ever.
  std::uint64_t spin_limit = std::uint64_t{1} << 26;
};

struct Launch {
  const Program* program = nullptr;
  Dim3 grid{1, 1, 1};
  Dim3 block{1, 1, 1};
  std::uint32_t dynamic_shared = 0;
  std::vector<std::byte> parameters;  // laid out as function->parameters say
};

// Summed over all launches of one kernel.
struct KernelCounts {
  std::uint64_t launches = 0;
  std::uint64_t blocks = 0;
  std::uint64_t warp_instructions = 0;
  std::uint64_t thread_instructions = 0;  // active lanes, predicated-off ones excluded
  std::uint64_t matrix_instructions = 0;  // mma and wmma, per warp
  std::uint64_t multiply_adds = 0;        // of float32 lanes: fma
  std::uint64_t matrix_multiply_adds = 0;
  std::uint64_t global_loaded = 0;  // bytes
  std::uint64_t global_stored = 0;
  std::uint64_t shared_loaded = 0;
  std::uint64_t shared_stored = 0;
  std::uint64_t checks = 0;  // lane accesses that went through the checks
  std::uint64_t nan_results = 0;
  std::uint64_t infinite_results = 0;
  // Per global allocation (its number): bytes loaded, stored.
  struct Traffic {
    std::uint64_t loaded = 0;
    std::uint64_t stored = 0;
  };
  std::map<std::uint32_t, Traffic> allocations;
  std::uint32_t block_threads = 0;   // largest of the launches
  std::uint32_t dynamic_shared = 0;  // bytes, largest of the launches
  double seconds = 0;                // of simulation
};

class Device {
 public:
  Device(Profile profile, std::uint32_t ordinal, Reports& reports);
  ~Device();

  const Profile& profile() const { return profile_; }
  Memory& memory() { return memory_; }
  Reports& reports() { return reports_; }
  Checks checks;

  // Runs all blocks, in order, to the end. Throws KernelFault after reporting it. Limits of the
  // profile are the caller's business (the runtime answers them with error codes).
  void run(const Launch& launch);

  std::map<std::string, KernelCounts>& counts() { return counts_; }  // by demangled name

 private:
  Profile profile_;
  Memory memory_;
  Reports& reports_;
  std::map<std::string, KernelCounts> counts_;
  std::uint32_t launches_ = 0;
};

}  // namespace cuda_sim
