#include "engine/image/png_pixels.h"

#include <algorithm>

namespace corticast {
namespace {

void grey_pixel(std::uint8_t value, std::uint8_t* rgb) {
  rgb[0] = rgb[1] = rgb[2] = value;
}

void grey_row(int bits, const std::uint8_t* raw, std::uint32_t width, std::uint8_t* rgb) {
  if (bits == 16) {
    for (std::uint32_t x = 0; x < width; ++x) {
      grey_pixel(raw[2 * x] != 0 ? std::uint8_t{255} : raw[2 * x + 1], rgb + 3 * x);
    }
    return;
  }
  const int scale = 255 / ((1 << bits) - 1);
  for (std::uint32_t x = 0; x < width; ++x) {
    grey_pixel(static_cast<std::uint8_t>(raw[x] * scale), rgb + 3 * x);
  }
}

void palette_row(const PngLayout& layout, const std::uint8_t* raw, std::uint32_t width,
                 std::uint8_t* rgb) {
  for (std::uint32_t x = 0; x < width; ++x) {
    std::ranges::copy(layout.palette[raw[x]], rgb + 3 * x);
  }
}

// The first byte of a big-endian sample is its high byte, at 8 and at 16 bits.
void colour_row(int channels, int bits, const std::uint8_t* raw, std::uint32_t width,
                std::uint8_t* rgb) {
  const int sample = bits / 8;
  const int pixel = channels * sample;
  const int step = channels >= 3 ? sample : 0;
  for (std::uint32_t x = 0; x < width; ++x, raw += pixel, rgb += 3) {
    rgb[0] = raw[0];
    rgb[1] = raw[step];
    rgb[2] = raw[2 * step];
  }
}

}  // namespace

void png_row_to_rgb(const PngLayout& layout, const std::uint8_t* raw, std::uint32_t width,
                    std::uint8_t* rgb) {
  switch (layout.colour) {
    case PngColour::kGrey:
      return grey_row(layout.bits, raw, width, rgb);
    case PngColour::kPalette:
      return palette_row(layout, raw, width, rgb);
    case PngColour::kGreyAlpha:
      return colour_row(2, layout.bits, raw, width, rgb);
    case PngColour::kRgb:
      return colour_row(3, layout.bits, raw, width, rgb);
    case PngColour::kRgba:
      return colour_row(4, layout.bits, raw, width, rgb);
  }
}

}  // namespace corticast
