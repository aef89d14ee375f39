// The core's plans for a card that is there, or only described.
#pragma once

#include "engine/backend/plan_list.h"

namespace corticast::cuda {

// Needs cuDNN; for a description 9.8 or later, but neither a device nor a driver. Throws
// Error{kDevice} without them, Error{kUsage} for a description that cuDNN refuses. A layer without
// a plan is a row with a problem.
PlanList list_core_plans(const PlanQuery& query);

}  // namespace corticast::cuda
