// What is drawn on a hemisphere, vertex by vertex of its mesh, whatever the surface and the view.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/plot/colour_maps.h"
#include "engine/surface/surface.h"

namespace corticast {

struct Painted {
  std::vector<float> values;  // [32492] NaN: shows the cortex itself
  std::vector<float> greys;   // [32492] of the cortex, 0 .. 1
  // [32492] areas told apart by lines; 0 where none is wanted on either side. A line is drawn
  // between two that differ.
  std::vector<int> outlined;
};

// outlines: as PlotOptions. values: a map; grayordinates: of its columns. Throws Error{kUsage} for
// areas that are unknown.
std::array<Painted, 2> paint(const std::vector<std::int32_t>& grayordinates,
                             std::span<const float> values, const SurfaceSet& surfaces,
                             const std::string& outlines);

// Area 1 .. 360 of each vertex of a mesh, 0 in the medial wall.
std::vector<int> mesh_labels(Hemisphere hemisphere);

}  // namespace corticast
