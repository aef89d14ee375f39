#include "engine/image/png_filter.h"

#include <bit>
#include <cstring>

namespace corticast {
namespace {

std::uint8_t low_byte(int value) {
  return static_cast<std::uint8_t>(value);
}

void undo_up(const std::uint8_t* above, std::uint8_t* row, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) row[i] = low_byte(row[i] + above[i]);
}

// The channels of one pixel in vectors that every x86-64 has.
typedef std::int16_t Channels __attribute__((vector_size(16)));
typedef std::uint8_t Halves __attribute__((vector_size(16)));
typedef std::uint8_t Bytes __attribute__((vector_size(8)));

// Eight bytes, more than most pixels have: the rest is computed and not stored.
Channels load(const std::uint8_t* pixel) {
  Bytes bytes;
  std::memcpy(&bytes, pixel, sizeof(Bytes));
  return std::bit_cast<Channels>(__builtin_shufflevector(bytes, Bytes{}, 0, 8, 1, 9, 2, 10, 3, 11,
                                                         4, 12, 5, 13, 6, 14, 7, 15));
}

Channels magnitude(Channels x) {
  return x < 0 ? -x : x;
}

Channels smaller(Channels a, Channels b) {
  return a < b ? a : b;
}

// Each byte depends on the one a pixel before it. The channels of a pixel do not depend on each
// other: with their number fixed, they are computed side by side.
template <std::size_t kPixel>
struct Pixels {
  static void store(Channels channels, std::uint8_t* pixel) {
    const auto halves = std::bit_cast<Halves>(channels);
    const Halves bytes = __builtin_shufflevector(halves, halves, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18,
                                                 20, 22, 24, 26, 28, 30);
    std::memcpy(pixel, &bytes, kPixel);
  }

  static void undo_sub(std::uint8_t* row, std::size_t bytes) {
    int left[kPixel] = {};
    for (std::size_t i = 0; i < bytes; i += kPixel) {
      for (std::size_t c = 0; c < kPixel; ++c) {
        row[i + c] = low_byte(row[i + c] + left[c]);
        left[c] = row[i + c];
      }
    }
  }

  static void undo_average(const std::uint8_t* above, std::uint8_t* row, std::size_t bytes) {
    int left[kPixel] = {};
    for (std::size_t i = 0; i < bytes; i += kPixel) {
      for (std::size_t c = 0; c < kPixel; ++c) {
        row[i + c] = low_byte(row[i + c] + (left[c] + above[i + c]) / 2);
        left[c] = row[i + c];
      }
    }
  }

  // Adds whichever of left, above and above-left is nearest to left + above - above-left, left
  // before above before above-left.
  static void undo_paeth(const std::uint8_t* above, std::uint8_t* row, std::size_t bytes) {
    Channels left = {};
    Channels corner = {};
    for (std::size_t i = 0; i < bytes; i += kPixel) {
      const Channels up = load(above + i);
      const Channels to_left = magnitude(up - corner);
      const Channels to_up = magnitude(left - corner);
      const Channels to_corner = magnitude((up - corner) + (left - corner));
      const Channels least = smaller(to_left, smaller(to_up, to_corner));
      const Channels nearest = least == to_left ? left : least == to_up ? up : corner;
      corner = up;
      left = (load(row + i) + nearest) & 0xFF;
      store(left, row + i);
    }
  }

  static bool undo(int filter, const std::uint8_t* above, std::uint8_t* row, std::size_t bytes) {
    switch (filter) {
      case 0:
        return true;
      case 1:
        undo_sub(row, bytes);
        return true;
      case 2:
        undo_up(above, row, bytes);
        return true;
      case 3:
        undo_average(above, row, bytes);
        return true;
      case 4:
        undo_paeth(above, row, bytes);
        return true;
      default:
        return false;
    }
  }
};

}  // namespace

bool undo_png_filter(int filter, std::size_t pixel_bytes, const std::uint8_t* above,
                     std::uint8_t* row, std::size_t bytes) {
  switch (pixel_bytes) {
    case 1:
      return Pixels<1>::undo(filter, above, row, bytes);
    case 2:
      return Pixels<2>::undo(filter, above, row, bytes);
    case 3:
      return Pixels<3>::undo(filter, above, row, bytes);
    case 4:
      return Pixels<4>::undo(filter, above, row, bytes);
    case 6:
      return Pixels<6>::undo(filter, above, row, bytes);
    default:
      return Pixels<8>::undo(filter, above, row, bytes);
  }
}

}  // namespace corticast
