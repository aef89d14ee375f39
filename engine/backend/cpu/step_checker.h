// Compares every step of a network with the plain references, computed from what the step was
// given.
#pragma once

#include <vector>

#include "engine/backend/comparison.h"
#include "engine/backend/cpu/network_steps.h"
#include "engine/backend/cpu/step_run.h"

namespace corticast::cpu {

// Made for one run of `images` noise images; observe() is the network's observer. The reference of
// a readout takes the core's output as it was before packing, so a wrong packing shows there.
class StepChecker {
 public:
  // Outputs compared of each step and image; all, where there are fewer.
  static constexpr std::size_t kSamples = 2048;
  static constexpr std::size_t kReadoutSamples = 128;  // each has a quarter million terms

  // The model must outlive the checker; its core's weights are verified once more.
  StepChecker(const Model& model, const Request& request, std::size_t images);

  void observe(const StepRun& run);
  std::vector<StepCheck> results() const;

 private:
  void check_normalise(const StepRun& run, Comparison& comparison) const;
  void check_convolution(const StepRun& run, Comparison& comparison) const;
  void check_pool(const StepRun& run, Comparison& comparison) const;
  void check_readout(const StepRun& run, Comparison& comparison) const;
  void check_scatter(const StepRun& run, Comparison& comparison) const;

  const Model& model_;
  const Request request_;
  const std::size_t images_;
  const std::vector<CoreLayer> core_;
  const std::vector<NetworkStep> steps_;
  std::vector<Comparison> comparisons_;  // of steps_
  std::vector<float> features_;          // the core's outputs so far, [image, position, C]
};

}  // namespace corticast::cpu
