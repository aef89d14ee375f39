#include "engine/plot/view.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {
namespace {

using Point = std::array<float, 3>;

// Rows: right, up and towards the viewer in the HCP's axes (x right, y front, z up).
std::array<Point, 3> axes_of(View view, Hemisphere hemisphere) {
  if (view == View::kFlat) return {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  const bool from_left = (hemisphere == Hemisphere::kLeft) == (view == View::kLateral);
  if (from_left) return {{{0, -1, 0}, {0, 0, 1}, {-1, 0, 0}}};
  return {{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}};
}

float dot(const Point& a, const Point& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Point minus(const Point& a, const Point& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

Point cross(const Point& a, const Point& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

std::array<std::size_t, 3> corners(const Surface& surface, std::size_t triangle) {
  const auto corner = [&](std::size_t k) {
    return static_cast<std::size_t>(surface.triangles[3 * triangle + k]);
  };
  return {corner(0), corner(1), corner(2)};
}

// How much each vertex faces the viewer, from the mean of its triangles' normals weighed by area.
std::vector<float> lights(const Surface& surface, const std::vector<Point>& at) {
  std::vector<Point> normals(at.size(), Point{});
  for (std::size_t t = 0; t < surface.triangles.size() / 3; ++t) {
    const auto v = corners(surface, t);
    const Point normal = cross(minus(at[v[1]], at[v[0]]), minus(at[v[2]], at[v[0]]));
    for (const std::size_t corner : v) {
      for (std::size_t k = 0; k < 3; ++k) normals[corner][k] += normal[k];
    }
  }
  const Point lamp = {-0.22F, 0.35F, 0.91F};
  std::vector<float> light(at.size(), 1);
  for (std::size_t v = 0; v < at.size(); ++v) {
    const float length = std::sqrt(dot(normals[v], normals[v]));
    if (length > 0) light[v] = std::max(0.0F, dot(normals[v], lamp) / length);
  }
  return light;
}

}  // namespace

Projected project(const Surface& surface, View view) {
  const std::array<Point, 3> axes = axes_of(view, surface.hemisphere);
  Projected projected;
  projected.at.resize(surface.positions.size() / 3);
  for (std::size_t v = 0; v < projected.at.size(); ++v) {
    const Point from = {surface.positions[3 * v], surface.positions[3 * v + 1],
                        surface.positions[3 * v + 2]};
    projected.at[v] = {dot(axes[0], from), dot(axes[1], from), dot(axes[2], from)};
  }
  if (view == View::kFlat) {
    projected.light.assign(projected.at.size(), 1);
  } else {
    projected.light = lights(surface, projected.at);
  }
  constexpr float kFar = std::numeric_limits<float>::max();
  projected.low = {kFar, kFar};
  projected.high = {-kFar, -kFar};
  for (const std::int32_t vertex : surface.triangles) {
    const Point& point = projected.at[static_cast<std::size_t>(vertex)];
    for (std::size_t k = 0; k < 2; ++k) {
      projected.low[k] = std::min(projected.low[k], point[k]);
      projected.high[k] = std::max(projected.high[k], point[k]);
    }
  }
  return projected;
}

namespace {

constexpr int kSamples = 3;  // along each side of a pixel

// Samples of a frame: what each of them sees.
struct Sample {
  float depth = -std::numeric_limits<float>::max();
  Colour colour{255, 255, 255};
  std::int16_t area = -1;  // outlined area; -1: nothing there
};

class Sampler {
 public:
  Sampler(const Frame& frame, const Projected& projected, const Painted& painted,
          const Brush& brush)
      : width_(frame.width * kSamples),
        height_(frame.height * kSamples),
        projected_(projected),
        painted_(painted),
        brush_(brush),
        samples_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_)) {
    scale_ = brush.pixels_per_mm * kSamples;
    for (std::size_t k = 0; k < 2; ++k) middle_[k] = (projected.low[k] + projected.high[k]) / 2;
  }

  void draw(const std::array<std::size_t, 3>& corners) {
    std::array<Point, 3> p{};
    for (std::size_t k = 0; k < 3; ++k) {
      const Point& at = projected_.at[corners[k]];
      p[k] = {static_cast<float>(width_) / 2 + (at[0] - middle_[0]) * scale_,
              static_cast<float>(height_) / 2 - (at[1] - middle_[1]) * scale_, at[2]};
    }
    const float area =
        (p[1][0] - p[0][0]) * (p[2][1] - p[0][1]) - (p[2][0] - p[0][0]) * (p[1][1] - p[0][1]);
    if (!(std::abs(area) > 1e-9F)) return;
    const auto [left, right] = std::minmax({p[0][0], p[1][0], p[2][0]});
    const auto [top, bottom] = std::minmax({p[0][1], p[1][1], p[2][1]});
    const int from_x = std::max(0, static_cast<int>(std::ceil(left - 0.5F)));
    const int to_x = std::min(width_ - 1, static_cast<int>(std::floor(right - 0.5F)));
    const int from_y = std::max(0, static_cast<int>(std::ceil(top - 0.5F)));
    const int to_y = std::min(height_ - 1, static_cast<int>(std::floor(bottom - 0.5F)));
    for (int y = from_y; y <= to_y; ++y) {
      for (int x = from_x; x <= to_x; ++x) {
        const float px = static_cast<float>(x) + 0.5F, py = static_cast<float>(y) + 0.5F;
        std::array<float, 3> w{};
        for (std::size_t k = 0; k < 3; ++k) {
          const Point& a = p[(k + 1) % 3];
          const Point& b = p[(k + 2) % 3];
          w[k] = ((a[0] - px) * (b[1] - py) - (b[0] - px) * (a[1] - py)) / area;
        }
        if (w[0] < 0 || w[1] < 0 || w[2] < 0) continue;
        Sample& sample = samples_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                                  static_cast<std::size_t>(x)];
        const float depth = w[0] * p[0][2] + w[1] * p[1][2] + w[2] * p[2][2];
        if (depth <= sample.depth) continue;
        sample.depth = depth;
        shade(corners, w, sample);
      }
    }
  }

  // Lines where neighbouring samples see different outlined areas.
  void outline() {
    const int reach =
        std::max(1, static_cast<int>(std::lround(brush_.outline_width * kSamples / 2)));
    std::vector<char> edge(samples_.size(), 0);
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        const std::int16_t own = area_at(x, y);
        if (own < 0) continue;
        for (const auto& [dx, dy] : {std::array{1, 0}, std::array{0, 1}}) {
          if (x + dx >= width_ || y + dy >= height_) continue;
          const std::int16_t other = area_at(x + dx, y + dy);
          if (other >= 0 && other != own) mark(edge, x, y, reach);
        }
      }
    }
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (edge[i] != 0 && samples_[i].area >= 0) samples_[i].colour = brush_.outline;
    }
  }

  void put(Canvas& canvas, const Frame& frame) const {
    for (int y = 0; y < frame.height; ++y) {
      for (int x = 0; x < frame.width; ++x) {
        std::array<int, 3> sum{};
        int seen = 0;
        for (int k = 0; k < kSamples * kSamples; ++k) {
          const Sample& sample = samples_[static_cast<std::size_t>(y * kSamples + k / kSamples) *
                                              static_cast<std::size_t>(width_) +
                                          static_cast<std::size_t>(x * kSamples + k % kSamples)];
          if (sample.area < 0) continue;
          ++seen;
          for (std::size_t c = 0; c < 3; ++c) sum[c] += sample.colour[c];
        }
        if (seen == 0) continue;
        Colour mean{};
        for (std::size_t c = 0; c < 3; ++c) mean[c] = static_cast<std::uint8_t>(sum[c] / seen);
        canvas.blend(frame.x + x, frame.y + y, mean,
                     static_cast<float>(seen) / (kSamples * kSamples));
      }
    }
  }

 private:
  std::int16_t area_at(int x, int y) const {
    return samples_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                    static_cast<std::size_t>(x)]
        .area;
  }

  void mark(std::vector<char>& edge, int x, int y, int reach) const {
    for (int dy = -reach; dy <= reach; ++dy) {
      for (int dx = -reach; dx <= reach; ++dx) {
        const int to_x = x + dx, to_y = y + dy;
        if (dx * dx + dy * dy > reach * reach || to_x < 0 || to_y < 0 || to_x >= width_ ||
            to_y >= height_) {
          continue;
        }
        edge[static_cast<std::size_t>(to_y) * static_cast<std::size_t>(width_) +
             static_cast<std::size_t>(to_x)] = 1;
      }
    }
  }

  bool shows(std::size_t vertex) const {
    const float value = painted_.values[vertex];
    return std::isfinite(value) && std::abs(value) >= brush_.threshold;
  }

  void shade(const std::array<std::size_t, 3>& corners, const std::array<float, 3>& w,
             Sample& sample) const {
    float light = 0, grey = 0, with_value = 0, value = 0;
    std::array<float, 3> per_area{};
    for (std::size_t k = 0; k < 3; ++k) {
      light += w[k] * projected_.light[corners[k]];
      grey += w[k] * painted_.greys[corners[k]];
      if (shows(corners[k])) {
        with_value += w[k];
        value += w[k] * painted_.values[corners[k]];
      }
      for (std::size_t j = 0; j < 3; ++j) {
        if (painted_.outlined[corners[j]] == painted_.outlined[corners[k]]) per_area[k] += w[j];
      }
    }
    const auto largest = static_cast<std::size_t>(
        std::max_element(per_area.begin(), per_area.end()) - per_area.begin());
    sample.area = static_cast<std::int16_t>(painted_.outlined[corners[largest]]);
    const bool valued = with_value >= 0.5F;
    const Colour colour = valued ? brush_.scale.colour(value / with_value)
                                 : Colour{grey_byte(grey), grey_byte(grey), grey_byte(grey)};
    // Colours are read against the bar, so they get less of the shadow than the cortex.
    const float bright = valued ? 0.72F + 0.28F * light : 0.5F + 0.5F * light;
    for (std::size_t c = 0; c < 3; ++c) {
      sample.colour[c] =
          static_cast<std::uint8_t>(std::lround(static_cast<float>(colour[c]) * bright));
    }
  }

  static std::uint8_t grey_byte(float grey) {
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(grey, 0.0F, 1.0F)));
  }

  int width_, height_;
  const Projected& projected_;
  const Painted& painted_;
  const Brush& brush_;
  float scale_ = 1;
  std::array<float, 2> middle_{};
  std::vector<Sample> samples_;
};

}  // namespace

void draw_view(Canvas& canvas, const Frame& frame, const Surface& surface,
               const Projected& projected, const Painted& painted, const Brush& brush) {
  Sampler sampler(frame, projected, painted, brush);
  for (std::size_t t = 0; t < surface.triangles.size() / 3; ++t) {
    sampler.draw(corners(surface, t));
  }
  sampler.outline();
  sampler.put(canvas, frame);
}

}  // namespace corticast
