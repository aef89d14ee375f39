// How a test drives the simulated CUDA runtime: which card is played, what goes wrong, what was
// seen. Everything here may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::runtime {

// When queued work runs. Each is a schedule that a real device may take.
enum class Schedule : std::uint8_t {
  kLate,            // when the host needs its result; a stream's own work before what it waits for
  kProducersFirst,  // the same, but what a stream waits for runs before its own earlier work
  kAtOnce,          // while it is being queued
};

struct Setup {
  Profile profile;
  std::uint32_t devices = 1;
  Checks checks;
  Schedule schedule = Schedule::kLate;
};

// Throws everything away (memory, streams, events, graphs, reports, counts, planned failures) and
// plays new devices. Handles of before are refused by name afterwards. devices = 0: no GPU.
void reset(const Setup& setup);
void set_schedule(Schedule schedule);

// Of all devices and the host side, in the order found.
std::vector<Report> reports();
void clear_reports();

// By demangled kernel name.
std::map<std::string, KernelCounts> counts(std::uint32_t device = 0);

// What the program asked of the runtime since the reset.
struct Totals {
  std::uint64_t calls = 0;  // of the CUDA runtime API
  std::uint64_t launches = 0;
  std::uint64_t graph_launches = 0;
  std::uint64_t library_calls = 0;
  std::uint64_t host_functions = 0;
  std::uint64_t device_allocations = 0;
  std::uint64_t pinned_allocations = 0;
  std::uint64_t device_bytes_peak = 0;  // largest sum over all devices
  std::uint64_t memsets = 0;
  std::uint64_t staged_copies = 0;  // "asynchronous" ones from or to pageable memory
  struct Copies {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
  };
  Copies to_device;
  Copies from_device;
  Copies between_devices;
};
Totals totals();

// The index-th (from 1, counted from the reset or from this call) such thing fails, once.
struct Failure {
  enum class Kind : std::uint8_t {
    kAllocation,        // of device or pinned memory: cudaErrorMemoryAllocation
    kDeviceAllocation,  // of device memory
    kPinnedAllocation,  // of pinned memory
    kLaunch,            // a kernel: cudaErrorLaunchOutOfResources
    kCall,              // any call that needs the device: the device is lost from then on
                        // (cudaErrorIllegalAddress), as after a faulty kernel
  };
  Kind kind = Kind::kAllocation;
  std::uint64_t index = 1;
};
void fail_at(Failure failure);
// "allocation=3,launch=1": the text form, of the environment variable CUDA_SIM_FAIL. Names:
// allocation, device-allocation, pinned-allocation, launch, call. Throws std::runtime_error.
std::vector<Failure> parse_failures(const std::string& text);

// What nobody has freed or destroyed, and work that nobody has waited for, one line each.
std::vector<std::string> leaks();

// Edits the PTX of every module before it is parsed (planted bugs); empty: none. Concerns modules
// not yet loaded, so call it before reset(). A module is the PTX of one .cu file.
void set_ptx_mutation(std::function<std::string(const std::string& ptx)> mutation);

// All of the above for people, and as JSON (the file that CUDA_SIM_REPORT names).
void print_summary(std::ostream& out);
std::string summary_json();

}  // namespace cuda_sim::runtime
