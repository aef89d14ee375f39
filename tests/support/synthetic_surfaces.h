// Surfaces that anyone may have, in place of the HCP's: balls of 32,492 vertices.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "engine/surface/surface.h"

namespace corticast::test {

// 171 rings of 190 vertices and two poles, of the given radius, at x = `aside`.
inline Surface ball(std::string name, Hemisphere hemisphere, double radius, double aside) {
  constexpr int kRings = 171, kAround = 190;
  Surface ball{std::move(name), hemisphere, {}, {}};
  const auto add = [&](double x, double y, double z) {
    for (const double p : {aside + radius * x, radius * y, radius * z}) {
      ball.positions.push_back(static_cast<float>(p));
    }
  };
  for (int ring = 0; ring < kRings; ++ring) {
    const double down = std::numbers::pi * (ring + 1) / (kRings + 1);
    for (int k = 0; k < kAround; ++k) {
      const double round = 2 * std::numbers::pi * k / kAround;
      add(std::sin(down) * std::cos(round), std::sin(down) * std::sin(round), std::cos(down));
    }
  }
  add(0, 0, 1);
  add(0, 0, -1);
  const auto triangle = [&](int a, int b, int c) {
    for (const int v : {a, b, c}) ball.triangles.push_back(v);
  };
  for (int k = 0; k < kAround; ++k) {
    const int next = (k + 1) % kAround;
    triangle(kRings * kAround, k, next);
    triangle(kRings * kAround + 1, (kRings - 1) * kAround + next, (kRings - 1) * kAround + k);
    for (int ring = 0; ring + 1 < kRings; ++ring) {
      const int here = ring * kAround, below = here + kAround;
      triangle(here + k, below + k, below + next);
      triangle(here + k, below + next, here + next);
    }
  }
  return ball;
}

// A ball of that name, or for "flat" its rings side by side in the plane x, y.
inline Surface synthetic_surface(const std::string& name, Hemisphere hemisphere) {
  Surface surface = ball(name, hemisphere, 60, hemisphere == Hemisphere::kLeft ? -65 : 65);
  if (name != "flat") return surface;
  const auto at = [&](std::int32_t vertex) {
    return &surface.positions[3 * static_cast<std::size_t>(vertex)];
  };
  for (std::int32_t vertex = 0; vertex < kMeshVertices; ++vertex) {
    at(vertex)[0] = static_cast<float>(vertex % 190);
    at(vertex)[1] = static_cast<float>(171 - vertex / 190);
    at(vertex)[2] = 0;
  }
  // Those that close the ball would lie across the plane.
  std::vector<std::int32_t> triangles;
  triangles.reserve(surface.triangles.size());
  for (std::size_t t = 0; t < surface.triangles.size(); t += 3) {
    const std::int32_t* corner = &surface.triangles[t];
    const float width = std::max({at(corner[0])[0], at(corner[1])[0], at(corner[2])[0]}) -
                        std::min({at(corner[0])[0], at(corner[1])[0], at(corner[2])[0]});
    if (width < 2) triangles.insert(triangles.end(), corner, corner + 3);
  }
  surface.triangles = triangles;
  return surface;
}

// All seven for both hemispheres, and a sulcal depth of stripes.
inline SurfaceSet synthetic_surfaces() {
  SurfaceSet set;
  for (const char* name : kSurfaceNames) {
    for (const Hemisphere side : {Hemisphere::kLeft, Hemisphere::kRight}) {
      set.surfaces.push_back(synthetic_surface(name, side));
    }
  }
  for (std::vector<float>& sulc : set.sulci) {
    for (std::int32_t v = 0; v < kMeshVertices; ++v) {
      sulc.push_back(std::sin(0.1F * static_cast<float>(v % 190)));
    }
  }
  return set;
}

}  // namespace corticast::test
