#include "engine/plot/page/page_colours.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace corticast {
namespace {

// Colours at equal distances, 0xRRGGBB; linear between them.
// RdBu of ColorBrewer (Apache 2.0); viridis and magma of matplotlib (CC0), every 32nd colour.
constexpr std::uint32_t kBlueRed[] = {0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7,
                                      0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b, 0x67001f};
constexpr std::uint32_t kViridis[] = {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c,
                                      0x28ae80, 0x5ec962, 0xaddc30, 0xfde725};
constexpr std::uint32_t kMagma[] = {0x000004, 0x1d1147, 0x51127c, 0x832681, 0xb73779,
                                    0xe75263, 0xfc8961, 0xfec488, 0xfcfdbf};

PageColours between(std::string_view name, bool diverging, std::span<const std::uint32_t> anchors) {
  PageColours colours{name, diverging, {}};
  for (std::size_t i = 0; i < 256; ++i) {
    const double at = static_cast<double>(i) / 255.0 * static_cast<double>(anchors.size() - 1);
    const std::size_t k = std::min(static_cast<std::size_t>(at), anchors.size() - 2);
    const double part = at - static_cast<double>(k);
    for (std::size_t c = 0; c < 3; ++c) {
      const auto channel = [&](std::uint32_t colour) {
        return static_cast<double>((colour >> (16 - 8 * c)) & 255);
      };
      colours.table[3 * i + c] = static_cast<std::uint8_t>(
          std::lround((1.0 - part) * channel(anchors[k]) + part * channel(anchors[k + 1])));
    }
  }
  return colours;
}

}  // namespace

const std::vector<PageColours>& page_colours() {
  static const std::vector<PageColours> all = {between("blue_red", true, kBlueRed),
                                               between("viridis", false, kViridis),
                                               between("magma", false, kMagma)};
  return all;
}

}  // namespace corticast
