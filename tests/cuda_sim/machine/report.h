// What the checks found. A report never says "perhaps": each names what was touched and by whom.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace cuda_sim {

enum class Fault : std::uint8_t {
  kGlobalBounds,
  kSharedBounds,
  kLocalBounds,
  kParameterBounds,
  kMisaligned,
  kUninitialised,
  kReadOnlyWrite,      // store to constant memory, or to data this launch reads as read-only
  kBlockRace,          // two threads of one block, no barrier between
  kGridRace,           // two blocks of one launch
  kBarrierDivergence,  // part of a warp or block at a barrier that the rest cannot reach
  kEarlyExit,          // a barrier waits for threads that have exited
  kInactiveLane,       // shuffle or vote that involves a lane which is not there
  kWarpOperand,        // lanes of a warp-wide operation differ in an operand that all must share
  kAsyncHazard,        // touch of bytes that a cp.async still owns, groups never waited for
  kDeadlock,           // no lane can go on
  kTrap,               // the kernel executed trap
  kLaunch,             // host side: limits, arguments
  kHost,               // host side: streams, events, buffers, copies
  kLibrary,            // host side: cuDNN and cuBLAS arguments
};
std::string to_string(Fault fault);

using Dim3 = std::array<std::uint32_t, 3>;

struct Report {
  Fault fault = Fault::kHost;
  std::string
      message;         // "reads 16 bytes, 4 past the end of allocation 3 (cudaMalloc, 4,096 bytes)"
  std::string kernel;  // demangled; empty for the host side
  std::string where;   // "pool2d.cu:41", "cudaMemcpyAsync"
  Dim3 block{};
  Dim3 thread{};
  std::uint64_t times = 1;  // further ones of the same fault at the same place are counted here
};
// One line: "[global bounds] pool2d.cu:41 in pool2d_kernel, block (1,0,0) thread (31,0,0): ..."
std::string to_string(const Report& report);

// Collects reports; same fault, kernel and place are merged (host side: and same message). Not
// thread-safe.
class Reports {
 public:
  // Returns the index of the report that counts it.
  std::size_t add(Report report);
  // Counts one more of a report made before.
  void repeat(std::size_t index) { ++reports_[index].times; }
  const std::vector<Report>& all() const { return reports_; }
  void clear() { reports_.clear(); }

 private:
  std::vector<Report> reports_;
};

// A fault after which the kernel cannot go on; already reported. The runtime turns it into a sticky
// error.
struct KernelFault : std::runtime_error {
  KernelFault(Fault what, const std::string& text) : std::runtime_error(text), fault(what) {}
  Fault fault;
};

}  // namespace cuda_sim
