// What a backend reports of its own steps.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace corticast {

// One step's sample of outputs against the plain reference. A step is a kernel or library call on
// one batch: "block 2 convolution 5x5 384 -> 384, 222 x 222".
struct StepCheck {
  std::string step;
  std::size_t values = 0;  // compared
  double rms_error = 0;    // root of mean squared difference / root of mean squared reference
  double max_error = 0;  // largest difference / largest reference; NaN where a value is not finite
  double bound = 0;      // of rms_error; max_error may be 16 times that

  bool passed() const { return rms_error <= bound && max_error <= 16 * bound; }
};

// One step's times on full batches, in the order measured.
struct StepTime {
  std::string step;
  std::vector<double> seconds;
  double flops = 0;  // of a batch, 2 for each multiply-add; 0 where the step does none
  double bytes = 0;  // that a batch must move through the device's memory at least
  // Really done, where the step has fewer operations than the direct way that `flops` counts
  // (Winograd); 0: as `flops`.
  double executed_flops = 0;
};

}  // namespace corticast
