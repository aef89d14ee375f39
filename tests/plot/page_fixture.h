// A page's worth of maps and surfaces that anyone may have: two balls of 32,492 vertices.
#pragma once

#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "engine/atlas/vertices.h"
#include "engine/plot/plot.h"

namespace corticast {

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
