// What the CPU reports of itself: whether every step computes what it should, and how long it
// takes.
#pragma once

#include <vector>

#include "engine/atlas/request.h"
#include "engine/backend/cpu/cpu_method.h"
#include "engine/backend/step_report.h"
#include "engine/model/model.h"

namespace corticast::cpu {

// Two images of noise, or one where max_batch is 1: on the CPU more would do the same again.
std::vector<StepCheck> check_steps(const Model& model, const Request& request,
                                   std::size_t max_batch, const CpuMethod& method);

// `repetitions` full batches of noise after one that does not count. A step that runs image by
// image takes the sum over the batch.
std::vector<StepTime> time_steps(const Model& model, const Request& request, std::size_t max_batch,
                                 std::size_t repetitions, const CpuMethod& method);

}  // namespace corticast::cpu
