// Every CUDA device of this machine, for people who choose one.
#pragma once

#include <vector>

#include "engine/backend/device_info.h"

namespace corticast::cuda {

// Throws Error{kDevice} where there is none. A device that cannot be used says why.
std::vector<DeviceInfo> list_devices();

}  // namespace corticast::cuda
