// The step that makes functionals of computed vertices on the host: checked and timed, on noise.
#pragma once

#include "engine/atlas/request.h"
#include "engine/backend/step_report.h"

namespace corticast {

// Against sums in double precision, two images at most.
StepCheck check_reduction(const Request& request, std::size_t max_batch, unsigned threads);

// All targets of full batches, after one that does not count.
StepTime time_reduction(const Request& request, std::size_t max_batch, unsigned threads,
                        std::size_t repetitions);

}  // namespace corticast
