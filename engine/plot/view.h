// Where one looks at a hemisphere from, and the picture that gives.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/plot/canvas.h"
#include "engine/plot/painted.h"

namespace corticast {

enum class View { kLateral, kMedial, kFlat };

// A surface turned towards the viewer: x to the right, y up, z towards the viewer, millimetres.
struct Projected {
  std::vector<std::array<float, 3>> at;  // [32492]
  std::vector<float> light;              // [32492] 0 .. 1, how much a vertex faces the viewer
  std::array<float, 2> low{}, high{};    // x and y that the triangles fill
};
Projected project(const Surface& surface, View view);

// The part of a canvas that a view is drawn into.
struct Frame {
  int x, y, width, height;
};

struct Brush {
  ResolvedScale scale;
  float threshold = 0;  // smaller absolute values show the cortex
  Colour outline{30, 30, 34};
  float outline_width = 1.6F;  // pixels
  float pixels_per_mm = 1;
};

// Draws into a frame, the surface's middle in the frame's. Every pixel is the mean of 3 x 3
// samples. Between vertices values are interpolated; an area's border runs straight through a
// triangle.
void draw_view(Canvas& canvas, const Frame& frame, const Surface& surface,
               const Projected& projected, const Painted& painted, const Brush& brush);

}  // namespace corticast
