// Which card the tests play.
#pragma once

#include <string>
#include <vector>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::test {

// One of each instruction set that the kernels are compiled for.
inline const std::vector<std::string> kCards = {"t4", "a100", "h100"};

// The card of tests/data/device_profiles/<name>.json.
Profile card(const std::string& name);

// Starts anew with one such card: nothing allocated, nothing reported, queued work runs as late as
// legal.
void play(const std::string& name, Checks checks = {});

}  // namespace cuda_sim::test
