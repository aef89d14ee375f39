// The still picture: a flat map and lateral and medial views of both hemispheres, a colour bar.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/base/error.h"
#include "engine/plot/canvas.h"
#include "engine/plot/painted.h"
#include "engine/plot/plot.h"
#include "engine/plot/view.h"

namespace corticast {
namespace {

constexpr Colour kInk{30, 30, 34}, kFaint{120, 120, 126};

// One view and where it stands in its row.
struct Panel {
  const Surface* surface;
  View view;
  Projected projected;
  std::string caption;

  float width() const { return projected.high[0] - projected.low[0]; }
  float height() const { return projected.high[1] - projected.low[1]; }
};

Panel panel(const SurfaceSet& surfaces, const std::string& name, Hemisphere side, View view) {
  const Surface& surface = surfaces.surface(name, side);
  const std::string hemisphere = side == Hemisphere::kLeft ? "left" : "right";
  const char* what = view == View::kLateral ? " lateral" : view == View::kMedial ? " medial" : "";
  return {&surface, view, project(surface, view), hemisphere + what};
}

// Panels side by side over the whole width, at one scale.
struct Row {
  std::vector<Panel> panels;

  float scale(int width, int gap) const {
    float millimetres = 0;
    for (const Panel& panel : panels) millimetres += panel.width();
    const auto gaps = static_cast<int>(panels.size()) + 1;
    return static_cast<float>(width - gaps * gap) / std::max(millimetres, 1e-3F);
  }
  int height(int width, int gap) const {
    float tallest = 0;
    for (const Panel& panel : panels) tallest = std::max(tallest, panel.height());
    return static_cast<int>(std::ceil(tallest * scale(width, gap)));
  }
};

void draw_row(Canvas& canvas, const Row& row, int top, int gap, float letters,
              const std::array<Painted, 2>& painted, Brush brush) {
  brush.pixels_per_mm = row.scale(canvas.width, gap);
  const int height = row.height(canvas.width, gap);
  float x = static_cast<float>(gap);
  for (const Panel& panel : row.panels) {
    const float width = panel.width() * brush.pixels_per_mm;
    const Frame frame{static_cast<int>(x) - 2, top - 2, static_cast<int>(std::ceil(width)) + 4,
                      height + 4};
    draw_view(canvas, frame, *panel.surface, panel.projected,
              painted[static_cast<std::size_t>(panel.surface->hemisphere)], brush);
    draw_text(canvas, x + width / 2, static_cast<float>(top + height) + letters * 1.3F, letters,
              panel.caption, kFaint, Align::kCentre);
    x += width + static_cast<float>(gap);
  }
}

void draw_colour_bar(Canvas& canvas, int top, float letters, const ResolvedScale& scale,
                     const std::string& units) {
  const int width = canvas.width * 2 / 5, height = static_cast<int>(letters * 0.8F);
  const int left = (canvas.width - width) / 2;
  for (int x = 0; x < width; ++x) {
    const float part = static_cast<float>(x) / static_cast<float>(width - 1);
    const Colour colour = scale.colour(scale.low + part * (scale.high - scale.low));
    for (int y = 0; y < height; ++y) canvas.blend(left + x, top + y, colour, 1);
  }
  const double low = static_cast<double>(scale.low), high = static_cast<double>(scale.high);
  for (const double tick : ticks(low, high, 6)) {
    const auto x = static_cast<float>(left + (tick - low) / (high - low) * (width - 1));
    for (int y = 0; y < height / 3; ++y) {
      canvas.blend(static_cast<int>(std::lround(x)), top + height + y, kInk, 1);
    }
    draw_text(canvas, x, static_cast<float>(top + height) + letters * 1.25F, letters,
              tick_text(tick), kInk, Align::kCentre);
  }
  draw_text(canvas, static_cast<float>(canvas.width) / 2,
            static_cast<float>(top + height) + letters * 2.6F, letters, units, kFaint,
            Align::kCentre);
}

// A title in letters as large as its length allows, down to three fifths; then its end is cut off.
void draw_title(Canvas& canvas, std::string text, float size, float width) {
  const float wanted = text_width(text, size);
  const float fitting = std::clamp(size * width / std::max(wanted, 1.0F), 0.6F * size, size);
  if (text_width(text, fitting) > width * 1.001F) {
    while (!text.empty() && text_width(text + "...", fitting) > width) text.pop_back();
    text += "...";
  }
  draw_text(canvas, static_cast<float>(canvas.width) / 2, size * 1.5F, fitting, text, kInk,
            Align::kCentre);
}

std::vector<float> read_map(const PlotSubject& subject, std::size_t index) {
  if (subject.maps->grayordinates().empty()) {
    throw Error(ErrorCode::kUsage, "the columns are not vertices, so there is nothing to draw on",
                "Plot responses that were predicted without --reduce.");
  }
  std::vector<float> values(subject.maps->columns());
  subject.maps->read({index, 1}, values.data());
  return values;
}

}  // namespace

void plot_png(const PlotSubject& subject, std::size_t index, const SurfaceSet& surfaces,
              const PlotOptions& options, const std::filesystem::path& destination, bool replace) {
  const std::vector<float> values = read_map(subject, index);
  const std::array<Painted, 2> painted =
      paint(subject.maps->grayordinates(), values, surfaces, options.outlines);
  std::vector<float> cortical = painted[0].values;
  cortical.insert(cortical.end(), painted[1].values.begin(), painted[1].values.end());
  Brush brush;
  brush.scale = resolve_scale(options.scale, cortical);
  brush.threshold = options.scale.threshold.value_or(0);

  std::vector<Row> rows;
  if (options.flat) {
    rows.push_back({{panel(surfaces, "flat", Hemisphere::kLeft, View::kFlat),
                     panel(surfaces, "flat", Hemisphere::kRight, View::kFlat)}});
  }
  if (options.surface != "flat") {
    rows.push_back({{panel(surfaces, options.surface, Hemisphere::kLeft, View::kLateral),
                     panel(surfaces, options.surface, Hemisphere::kLeft, View::kMedial),
                     panel(surfaces, options.surface, Hemisphere::kRight, View::kMedial),
                     panel(surfaces, options.surface, Hemisphere::kRight, View::kLateral)}});
  }
  const int width = static_cast<int>(options.width);
  const float letters = std::max(11.0F, static_cast<float>(width) / 72);
  const int gap = width / 40;
  const int title = static_cast<int>(letters * 3.2F), under = static_cast<int>(letters * 2.6F);
  int height = title + static_cast<int>(letters * 4.6F);
  for (const Row& row : rows) height += row.height(width, gap) + under;
  brush.outline_width = std::max(1.0F, static_cast<float>(width) / 1250);

  Canvas canvas(width, height);
  const std::string name =
      options.title.empty()
          ? subject.name + (subject.name.empty() ? "" : "   ") + subject.maps->names()[index]
          : options.title;
  draw_title(canvas, name, letters * 1.35F, static_cast<float>(width - 2 * gap));
  int top = title;
  for (const Row& row : rows) {
    draw_row(canvas, row, top, gap, letters, painted, brush);
    top += row.height(width, gap) + under;
  }
  draw_colour_bar(canvas, top, letters, brush.scale, options.units);
  write_png(canvas, destination, replace);
}

}  // namespace corticast
