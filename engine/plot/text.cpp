#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/plot/canvas.h"

#define STBTT_STATIC
#define STB_TRUETYPE_IMPLEMENTATION
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_truetype.h>
#pragma GCC diagnostic pop

// The font's file, which CMake names, becomes part of the library.
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    "corticast_font_begin:\n"
    ".incbin \"" CORTICAST_FONT
    "\"\n"
    ".byte 0\n"
    ".previous\n");
extern "C" const unsigned char corticast_font_begin[] __attribute__((visibility("hidden")));

namespace corticast {
namespace {

const stbtt_fontinfo& font() {
  static const stbtt_fontinfo info = [] {
    stbtt_fontinfo made{};
    stbtt_InitFont(&made, corticast_font_begin, 0);
    return made;
  }();
  return info;
}

// Next character of UTF-8 from `at`, which moves on; U+FFFD for bytes that are none.
int next_character(const std::string& text, std::size_t& at) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned first = byte(at++);
  if (first < 0x80) return first < 0x20 || first == 0x7F ? 0xFFFD : static_cast<int>(first);
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : -1;
  if (more < 0 || first > 0xF4 || at + static_cast<std::size_t>(more) > text.size()) return 0xFFFD;
  unsigned code = first & (0x3FU >> more);
  for (int k = 0; k < more; ++k) {
    if ((byte(at + static_cast<std::size_t>(k)) & 0xC0U) != 0x80U) return 0xFFFD;
    code = code << 6 | (byte(at + static_cast<std::size_t>(k)) & 0x3FU);
  }
  at += static_cast<std::size_t>(more);
  return static_cast<int>(code);
}

// Calls draw(character, x) for each, x from 0; returns where the text ends.
template <typename Draw>
float lay_out(const std::string& text, float scale, Draw draw) {
  float x = 0;
  for (std::size_t at = 0; at < text.size();) {
    const int character = next_character(text, at);
    int advance = 0, bearing = 0;
    stbtt_GetCodepointHMetrics(&font(), character, &advance, &bearing);
    draw(character, x);
    x += scale * static_cast<float>(advance);
  }
  return x;
}

void draw_character(Canvas& canvas, int character, float x, float baseline, float scale,
                    Colour colour) {
  const float whole_x = std::floor(x), whole_y = std::floor(baseline);
  int left = 0, top = 0, right = 0, bottom = 0;
  stbtt_GetCodepointBitmapBoxSubpixel(&font(), character, scale, scale, x - whole_x,
                                      baseline - whole_y, &left, &top, &right, &bottom);
  const int width = right - left, height = bottom - top;
  if (width <= 0 || height <= 0) return;
  std::vector<unsigned char> cover(static_cast<std::size_t>(width) *
                                   static_cast<std::size_t>(height));
  stbtt_MakeCodepointBitmapSubpixel(&font(), cover.data(), width, height, width, scale, scale,
                                    x - whole_x, baseline - whole_y, character);
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      const unsigned char part = cover[static_cast<std::size_t>(row * width + column)];
      canvas.blend(static_cast<int>(whole_x) + left + column, static_cast<int>(whole_y) + top + row,
                   colour, static_cast<float>(part) / 255.0F);
    }
  }
}

}  // namespace

float text_width(const std::string& text, float size) {
  return lay_out(text, stbtt_ScaleForPixelHeight(&font(), size), [](int, float) {});
}

void draw_text(Canvas& canvas, float x, float baseline, float size, const std::string& text,
               Colour colour, Align align) {
  const float scale = stbtt_ScaleForPixelHeight(&font(), size);
  const float width = align == Align::kLeft ? 0 : text_width(text, size);
  const float begin = x - (align == Align::kCentre ? width / 2 : width);
  lay_out(text, scale, [&](int character, float offset) {
    draw_character(canvas, character, begin + offset, baseline, scale, colour);
  });
}

}  // namespace corticast
