// The core's plans for a card that is described, not there.
#pragma once

#include "engine/backend/plan_list.h"

namespace corticast::cuda {

// Needs cuDNN, but neither a device nor a driver. Throws Error{kDevice} without cuDNN or with one
// before 9.8, Error{kUsage} for a description that cuDNN refuses. A layer without a plan is a row
// with a problem.
PlanList list_core_plans(const PlanQuery& query);

}  // namespace corticast::cuda
