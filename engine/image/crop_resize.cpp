#include <algorithm>
#include <cstring>

#include "engine/base/instruction_set.h"
#include "engine/image/preprocess.h"
#include "kernels/resize.h"

namespace corticast {
namespace {

constexpr std::size_t kSide = kNetworkSide;
constexpr std::size_t kRow = 3 * kSide;

// Where a centred window of `side` begins on an axis: (length - side) / 2, halves to even.
std::uint32_t crop_offset(std::uint32_t length, std::uint32_t side) {
  const std::uint32_t spare = length - side;
  const std::uint32_t below = spare / 2;
  return spare % 2 == 0 ? below : below + below % 2;
}

}  // namespace

Crop centre_crop(std::uint32_t width, std::uint32_t height) {
  const std::uint32_t side = std::min(width, height);
  return {side, crop_offset(width, side), crop_offset(height, side)};
}

void crop_resize(const std::uint8_t* rgb, std::uint32_t width, std::uint32_t height,
                 std::uint8_t* out) {
  const auto [side, left, top] = centre_crop(width, height);
  const std::size_t stride = std::size_t{3} * width;
  const std::uint8_t* corner = rgb + stride * top + std::size_t{3} * left;
  if (side == kSide) {
    for (std::size_t y = 0; y < kSide; ++y) std::memcpy(out + kRow * y, corner + stride * y, kRow);
    return;
  }
  kernels::cpu::Resize resize(side, kNetworkSide, chosen_isa(), out);
  for (std::size_t y = 0; y < side; y += resize.strip_rows()) {
    resize.add(corner + stride * y, stride, std::min(resize.strip_rows(), side - y));
  }
}

}  // namespace corticast
