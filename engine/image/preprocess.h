// RGB image to the network's 224x224 input: centre crop, then Pillow's antialiased bilinear resize
// in two 8-bit passes. Source: torchvision CenterCrop + Resize on PIL images, as MOSAIC calls them;
// Pillow's 8 bits-per-channel resampling.
#pragma once

#include <cstdint>
#include <span>

namespace corticast {

inline constexpr std::uint32_t kNetworkSide = 224;

// The largest centred square.
struct Crop {
  std::uint32_t side;
  std::uint32_t left;
  std::uint32_t top;
};
Crop centre_crop(std::uint32_t width, std::uint32_t height);

// rgb: [height, width, 3]; out: [224, 224, 3]. Bit-exact. Thread-safe, keeps no state.
void crop_resize(const std::uint8_t* rgb, std::uint32_t width, std::uint32_t height,
                 std::uint8_t* out);

// value of (byte / 255 - mean) / std per channel, float32 arithmetic: [3][256].
// The only normalisation in the program; backends copy it.
std::span<const float, 768> normalisation_table();

}  // namespace corticast
