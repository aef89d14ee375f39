#include "engine/backend/non_finite.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "engine/backend/planes.h"

namespace corticast {
namespace {

// Without a branch, so that it is read as fast as memory gives it.
bool finite(const float* values, std::size_t count) {
  constexpr std::uint32_t kExponent = 0x7f800000;
  std::uint32_t found = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const auto bits = std::bit_cast<std::uint32_t>(values[k]) & kExponent;
    found |= static_cast<std::uint32_t>(bits == kExponent);
  }
  return found == 0;
}

}  // namespace

std::vector<std::size_t> non_finite_images(const std::uint8_t* input, std::size_t images) {
  std::vector<std::size_t> found;
  for (std::size_t n = 0; n < images; ++n) {
    if (!finite(planes_of(input, n), kImageValues)) found.push_back(n);
  }
  return found;
}

void forget_responses(std::span<const std::size_t> images, std::size_t columns,
                      std::span<float* const> responses) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  for (float* const target : responses) {
    for (const std::size_t n : images) std::fill_n(target + n * columns, columns, kNaN);
  }
}

}  // namespace corticast
