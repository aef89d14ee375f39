// Raw PNG samples to 8-bit RGB by Pillow's rules, which are not libpng's: 16-bit grey is clipped
// and not scaled, alpha is dropped, transparency and gamma chunks have no effect.
#pragma once

#include <array>
#include <cstdint>

namespace corticast {

enum class PngColour : std::uint8_t { kGrey, kRgb, kPalette, kGreyAlpha, kRgba };

struct PngLayout {
  PngColour colour = PngColour::kGrey;
  int bits = 8;  // per sample as stored; samples below 8 bits arrive one a byte, unscaled
  // RGB of each palette index; an index that the file does not define is grey of that value.
  std::array<std::array<std::uint8_t, 3>, 256> palette{};
};

// raw: one row, `width` pixels, 16-bit samples big-endian; rgb: [width, 3].
void png_row_to_rgb(const PngLayout& layout, const std::uint8_t* raw, std::uint32_t width,
                    std::uint8_t* rgb);

}  // namespace corticast
