// A page's worth of maps and surfaces that anyone may have: two balls of 32,492 vertices.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/atlas/vertices.h"
#include "engine/plot/plot.h"
#include "tests/support/synthetic_surfaces.h"

namespace corticast {

using test::ball;

// "inflated" and, larger, "sphere".
inline SurfaceSet balls() {
  SurfaceSet set;
  for (const auto side : {Hemisphere::kLeft, Hemisphere::kRight}) {
    const double aside = side == Hemisphere::kLeft ? -45 : 45;
    set.surfaces.push_back(ball("inflated", side, 60, aside));
    set.surfaces.push_back(ball("sphere", side, 100, aside));
  }
  return set;
}

// Map m at the k-th vertex of a visual model: grayordinate % 1000 + 1000 m + plus; NaN where k is a
// multiple of 50.
inline MemoryMaps counting_maps(std::vector<std::string> names, float plus) {
  const std::vector<std::int32_t>& at = vertex_list(VertexSet::kVisual);
  std::vector<float> values;
  values.reserve(names.size() * at.size());
  for (std::size_t m = 0; m < names.size(); ++m) {
    for (std::size_t k = 0; k < at.size(); ++k) {
      values.push_back(k % 50 == 0 ? std::nanf("")
                                   : static_cast<float>(at[k] % 1000) +
                                         1000 * static_cast<float>(m) + plus);
    }
  }
  return {std::move(names), at.size(), at, std::move(values)};
}

}  // namespace corticast
