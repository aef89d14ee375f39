// A picture in memory, and text on it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/plot/colour_maps.h"

namespace corticast {

struct Canvas {
  int width, height;
  std::vector<Colour> pixels;  // [height, width], rows from the top

  Canvas(int w, int h)
      : width(w),
        height(h),
        pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h), Colour{255, 255, 255}) {}
  // Mixes a colour in: cover 0 (nothing) .. 1. What lies outside is dropped.
  void blend(int x, int y, Colour colour, float cover);
};

enum class Align { kLeft, kCentre, kRight };

// Text in DejaVu Sans. x: left end, centre or right end; baseline: y of the line the letters stand
// on; size: pixels from one line to the next, about. text: UTF-8; what is not becomes a
// replacement character, what the font lacks a box.
void draw_text(Canvas& canvas, float x, float baseline, float size, const std::string& text,
               Colour colour, Align align = Align::kLeft);
float text_width(const std::string& text, float size);

// Throws Error{kOutput}. replace: whether an existing file may be overwritten.
void write_png(const Canvas& canvas, const std::filesystem::path& destination, bool replace);

}  // namespace corticast
