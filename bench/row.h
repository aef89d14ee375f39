// One line of the result: what was run, under which conditions, how long it took.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bench/peaks.h"
#include "engine/backend/step_report.h"

namespace corticast::bench {

// What holds for many rows.
struct Conditions {
  std::string build;   // "0.1.0+1a2b3c4"
  std::string device;  // Backend::name(), or "host" for work that no backend does
  unsigned threads = 0;
  int channels = 0;          // width of the core
  std::size_t vertices = 0;  // computed for each subject
  std::size_t subjects = 0;
  std::string precision;  // "" where none applies
  std::string readout;    // method asked for, "" where none applies
  std::size_t batch = 0;  // images computed together; 0 where none are
  Peaks peaks;
  std::string isa;  // the CPU kernels' instruction set
};

struct Row {
  Conditions where;
  std::string stage;
  std::size_t images = 0;         // of one repetition
  std::vector<double> seconds;    // one per repetition; empty: checked, not timed
  double flops = 0;               // of one repetition, counted for the direct way; 0: none
  double executed_flops = 0;      // of the way it is done; 0: not known, or none
  double bytes = 0;               // of one repetition, at least; 0: not known
  bool bounded_by_memory = true;  // false: the bytes go elsewhere than the device's memory
  std::optional<StepCheck> check;
};

// How near a row comes to the peak that bounds it: the time that its executed flops or its bytes
// would take at the device's peak, whichever is longer, divided by the median time.
struct PeakShare {
  double share;       // above 1 where bytes did not come from memory, or a clock has changed
  const char* which;  // "flops" or "bytes"
};
std::optional<PeakShare> peak_share(const Row& row);

}  // namespace corticast::bench
