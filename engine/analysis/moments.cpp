#include "engine/analysis/moments.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "engine/base/error.h"

namespace corticast {
namespace {

constexpr std::size_t kTile = 256;  // vertices whose sums stay in the first cache
constexpr std::size_t kBlock = 64;  // images about one mean

using Sums = std::array<double, kTile>;

// Values that are not finite are told apart by their bits and masked, without a branch, so that
// compilers make vectors of the loops below.
inline std::uint32_t finite_mask(float value) {  // all ones or 0
  constexpr std::uint32_t kExponent = 0x7F800000;
  return (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 0U : ~0U;
}
inline double masked(float value, std::uint32_t mask) {
  return double{std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & mask)};
}
inline double one_or_zero(std::uint32_t mask) {
  return masked(1.0F, mask);
}
// Sums to means; 0 where there is nothing.
void divide(Sums& sums, const Sums& count) {
  for (std::size_t c = 0; c < kTile; ++c) sums[c] /= count[c] > 0 ? count[c] : 1.0;
}

struct Tile {
  std::size_t first, width;  // columns
  std::size_t rows, stride;
};

// What is to be done to every tile of every block.
template <typename Work>
void for_each_tile(std::size_t columns, std::size_t rows, const Work& work) {
  for (std::size_t row = 0; row < rows; row += kBlock) {
    for (std::size_t first = 0; first < columns; first += kTile) {
      work(row,
           Tile{first, std::min(kTile, columns - first), std::min(kBlock, rows - row), columns});
    }
  }
}

void add_tile(const float* values, const Tile& tile, Moments& all) {
  Sums count{}, mean{}, squares{};
  for (std::size_t r = 0; r < tile.rows; ++r) {
    const float* const row = values + r * tile.stride + tile.first;
    for (std::size_t c = 0; c < tile.width; ++c) {
      const std::uint32_t mask = finite_mask(row[c]);
      count[c] += one_or_zero(mask);
      mean[c] += masked(row[c], mask);
    }
  }
  divide(mean, count);
  for (std::size_t r = 0; r < tile.rows; ++r) {
    const float* const row = values + r * tile.stride + tile.first;
    for (std::size_t c = 0; c < tile.width; ++c) {
      const std::uint32_t mask = finite_mask(row[c]);
      const double from_mean = (masked(row[c], mask) - mean[c]) * one_or_zero(mask);
      squares[c] += from_mean * from_mean;
    }
  }
  for (std::size_t c = 0; c < tile.width; ++c) {
    const std::size_t at = tile.first + c;
    const double n = all.count[at] + count[c];
    if (count[c] == 0) continue;
    const double step = mean[c] - all.mean[at];
    const double share = count[c] / n;
    all.squares[at] += squares[c] + step * step * all.count[at] * share;
    all.mean[at] += step * share;
    all.count[at] = n;
  }
}

void add_tile(const float* x, const float* y, const Tile& tile, PairMoments& all) {
  Sums count{}, mean_x{}, mean_y{}, xx{}, yy{}, xy{};
  for (std::size_t r = 0; r < tile.rows; ++r) {
    const float* const row_x = x + r * tile.stride + tile.first;
    const float* const row_y = y + r * tile.stride + tile.first;
    for (std::size_t c = 0; c < tile.width; ++c) {
      const std::uint32_t mask = finite_mask(row_x[c]) & finite_mask(row_y[c]);
      count[c] += one_or_zero(mask);
      mean_x[c] += masked(row_x[c], mask);
      mean_y[c] += masked(row_y[c], mask);
    }
  }
  divide(mean_x, count);
  divide(mean_y, count);
  for (std::size_t r = 0; r < tile.rows; ++r) {
    const float* const row_x = x + r * tile.stride + tile.first;
    const float* const row_y = y + r * tile.stride + tile.first;
    for (std::size_t c = 0; c < tile.width; ++c) {
      const std::uint32_t mask = finite_mask(row_x[c]) & finite_mask(row_y[c]);
      const double valid = one_or_zero(mask);
      const double a = (masked(row_x[c], mask) - mean_x[c]) * valid;
      const double b = (masked(row_y[c], mask) - mean_y[c]) * valid;
      xx[c] += a * a;
      yy[c] += b * b;
      xy[c] += a * b;
    }
  }
  for (std::size_t c = 0; c < tile.width; ++c) {
    if (count[c] == 0) continue;
    const std::size_t at = tile.first + c;
    const double n = all.count[at] + count[c];
    const double step_x = mean_x[c] - all.mean_x[at];
    const double step_y = mean_y[c] - all.mean_y[at];
    const double share = count[c] / n;
    const double weight = all.count[at] * share;
    all.xx[at] += xx[c] + step_x * step_x * weight;
    all.yy[at] += yy[c] + step_y * step_y * weight;
    all.xy[at] += xy[c] + step_x * step_y * weight;
    all.mean_x[at] += step_x * share;
    all.mean_y[at] += step_y * share;
    all.count[at] = n;
  }
}

}  // namespace

Moments::Moments(std::size_t columns) : count(columns), mean(columns), squares(columns) {}

void Moments::add(const float* values, std::size_t rows) {
  for_each_tile(columns(), rows, [&](std::size_t row, const Tile& tile) {
    add_tile(values + row * columns(), tile, *this);
  });
}

void Moments::add(const Moments& other) {
  if (other.columns() != columns()) {
    throw Error(ErrorCode::kInternal, "moments of different vertices");
  }
  for (std::size_t c = 0; c < columns(); ++c) {
    const double n = count[c] + other.count[c];
    if (other.count[c] == 0) continue;
    const double step = other.mean[c] - mean[c];
    const double share = other.count[c] / n;
    squares[c] += other.squares[c] + step * step * count[c] * share;
    mean[c] += step * share;
    count[c] = n;
  }
}

PairMoments::PairMoments(std::size_t columns)
    : count(columns), mean_x(columns), mean_y(columns), xx(columns), yy(columns), xy(columns) {}

void PairMoments::add(const float* x, const float* y, std::size_t rows) {
  for_each_tile(columns(), rows, [&](std::size_t row, const Tile& tile) {
    add_tile(x + row * columns(), y + row * columns(), tile, *this);
  });
}

}  // namespace corticast
