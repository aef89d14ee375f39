// The file that remembers timed plans: text, one for each card, cuDNN version and list of problems.
//
//   corticast convolution plans, 1
//   <card>, compute capability <n>, cuDNN <version>
//   <problem>: <plan>                              (as many lines as problems)
//   xxh3 <16 hex digits of all bytes above>
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/backend/cuda/cudnn/convolution_plan.h"
#include "engine/backend/cuda/device.h"

namespace corticast::cuda {

class TuningFile {
 public:
  TuningFile(const Device& device, std::span<const ConvolutionProblem> problems);

  const std::string& name() const { return name_; }  // in the cache folder
  // The file's text for one plan name a problem, in order.
  std::string text(std::span<const std::string> plans) const;
  // The plan names of a text, or none when it is not what text() writes for some plans.
  std::vector<std::string> plans(const std::string& text) const;

 private:
  std::string title_;
  std::vector<std::string> problems_;
  std::string name_;
};

}  // namespace corticast::cuda
