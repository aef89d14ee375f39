// A card as JSON: the text form of cuDNN's device property descriptor (tests/data/device_profiles).
#pragma once

#include <string>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::runtime {

// Throws std::runtime_error that names the file and the field.
Profile load_profile(const std::string& path);
Profile parse_profile(const std::string& json, const std::string& path);

}  // namespace cuda_sim::runtime
