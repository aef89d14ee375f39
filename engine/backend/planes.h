// Normalised images in the memory of Program::input(), which is bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/backend/backend.h"
#include "engine/image/preprocess.h"

namespace corticast {

// Image n of a slot of InputKind::kNormalised: [3, 224, 224].
inline float* planes_of(std::uint8_t* input, std::size_t n) {
  return reinterpret_cast<float*>(input) + n * kImageValues;
}
inline const float* planes_of(const std::uint8_t* input, std::size_t n) {
  return reinterpret_cast<const float*>(input) + n * kImageValues;
}

// pixels: [224, 224, 3]; planes: [3, 224, 224], what a backend would make of them.
inline void normalise_to_planes(const std::uint8_t* pixels, float* planes) {
  const auto table = normalisation_table();
  for (std::size_t k = 0; k < kImageValues; ++k) {
    const std::size_t pixel = k % (kImageValues / 3);
    const std::size_t channel = k / (kImageValues / 3);
    planes[k] = table[channel * 256 + pixels[3 * pixel + channel]];
  }
}

}  // namespace corticast
