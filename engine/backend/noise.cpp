#include "engine/backend/noise.h"

#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/planes.h"

namespace corticast {

void fill_with_noise(std::uint8_t* pixels, std::size_t bytes) {
  std::uint64_t state = 0;  // of SplitMix64 (Steele, Lea and Flood 2014)
  for (std::size_t i = 0; i < bytes; ++i) {
    std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    pixels[i] = static_cast<std::uint8_t>(z >> 56);
  }
}

void fill_with_noise(InputKind kind, std::uint8_t* input, std::size_t images) {
  if (kind == InputKind::kPixels) return fill_with_noise(input, images * kImageBytes);
  std::vector<std::uint8_t> pixels(images * kImageBytes);
  fill_with_noise(pixels.data(), pixels.size());
  for (std::size_t n = 0; n < images; ++n) {
    normalise_to_planes(pixels.data() + n * kImageBytes, planes_of(input, n));
  }
}

}  // namespace corticast
