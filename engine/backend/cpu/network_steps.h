// The steps of a network on the CPU by name, with what each does to a batch.
#pragma once

#include <vector>

#include "engine/atlas/request.h"
#include "engine/backend/cpu/step_run.h"
#include "engine/backend/step_report.h"
#include "engine/model/model.h"

namespace corticast::cpu {

struct NetworkStep {
  StepKind kind;
  std::size_t index;  // as StepRun's
  StepTime report;    // name, flops and bytes; no times
};

// In the order in which they first run.
std::vector<NetworkStep> network_steps(const ModelInfo& model, const Request& request,
                                       std::size_t images);

// Number of the step in such a list that `run` belongs to.
std::size_t step_of(const std::vector<NetworkStep>& steps, const StepRun& run);

}  // namespace corticast::cpu
