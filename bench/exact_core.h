// The core in double precision from pixels to feature map: what every other way to compute it is an
// approximation of. Not fast: about a minute for 384 channels on two cores.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/model/model.h"

namespace corticast::bench {

// pixels: uint8 [224, 224, 3]; returns [26 * 26, C]. The input is float32 as every device
// normalises it, weights are the model's; all else is double. Uses the caller's OpenMP threads.
std::vector<double> exact_core(std::span<const CoreLayer> layers, const std::uint8_t* pixels);

}  // namespace corticast::bench
