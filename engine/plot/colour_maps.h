// Colours of values, the range of values that they span, and its marks.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plot/plot.h"

namespace corticast {

using Colour = std::array<std::uint8_t, 3>;  // sRGB: red, green, blue

struct ColourMap {
  std::string_view name;
  bool diverging = false;  // has a middle, for values of both signs
  std::array<Colour, 256> colours{};
};

// The first diverging and the first sequential one are the defaults.
const std::vector<ColourMap>& colour_maps();
// Throws Error{kUsage} naming what there is.
const ColourMap& colour_map(const std::string& name);

// A scale with every question answered: low < high.
struct ResolvedScale {
  const ColourMap* map = nullptr;
  float low = 0, high = 0;
  bool symmetric = false;

  Colour colour(float value) const;  // beyond the ends: that of the end
};

// values: of the map; what is not finite is left out. Throws Error{kUsage} for a colour map that
// there is not and for ends that contradict each other.
ResolvedScale resolve_scale(const ColourScale& scale, std::span<const float> values);

// Round numbers from low to high, some `count` of them, and how one is written.
std::vector<double> ticks(double low, double high, unsigned count);
std::string tick_text(double value);

}  // namespace corticast
