#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "engine/image/preprocess.h"

namespace corticast {
namespace {

constexpr std::size_t kSide = kNetworkSide;
constexpr std::size_t kRow = 3 * kSide;
constexpr int kFractionBits = 22;

// Weights of one axis, n samples -> 224. Output o is the sum of samples first[o] + i times
// weight(o)[i], in units of 2^-22.
struct Axis {
  std::array<std::uint32_t, kSide> first;
  std::array<std::uint32_t, kSide> count;
  std::size_t widest = 0;
  std::vector<std::int32_t> weights;  // [224, widest]

  const std::int32_t* weight(std::size_t o) const { return weights.data() + o * widest; }
};

// Pillow's triangle filter, widened by the scale when it shrinks. Every operation is double and
// rounded by itself, so this file is compiled without contraction.
Axis make_axis(std::uint32_t n) {
  const double scale = static_cast<double>(n) / static_cast<double>(kSide);
  const double support = std::max(scale, 1.0);
  const double reciprocal = 1.0 / support;
  Axis axis;
  axis.widest = static_cast<std::size_t>(std::ceil(support)) * 2 + 1;
  axis.weights.resize(kSide * axis.widest);
  std::vector<double> share(axis.widest);
  // Pillow truncates after adding one half; another rounding would give other pixels.
  // NOLINTBEGIN(bugprone-incorrect-roundings)
  for (std::size_t o = 0; o < kSide; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) * scale;
    const auto low = static_cast<std::int64_t>(centre - support + 0.5);
    const auto high = static_cast<std::int64_t>(centre + support + 0.5);
    const auto first = static_cast<std::uint32_t>(std::max<std::int64_t>(low, 0));
    const auto last = static_cast<std::uint32_t>(std::min<std::int64_t>(high, n));
    double total = 0;
    for (std::uint32_t i = first; i < last; ++i) {
      const double distance = std::abs((i - centre + 0.5) * reciprocal);
      share[i - first] = distance < 1.0 ? 1.0 - distance : 0.0;
      total += share[i - first];
    }
    axis.first[o] = first;
    axis.count[o] = last - first;
    for (std::uint32_t i = 0; i < last - first; ++i) {
      const double weight = share[i] / total;
      axis.weights[o * axis.widest + i] =
          static_cast<std::int32_t>(0.5 + weight * (1 << kFractionBits));
    }
  }
  // NOLINTEND(bugprone-incorrect-roundings)
  return axis;
}

std::uint8_t to_byte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
}

constexpr std::int32_t kHalf = 1 << (kFractionBits - 1);

// in: [n, 3]; out: [224, 3].
void resize_row(const Axis& axis, const std::uint8_t* in, std::uint8_t* out) {
  for (std::size_t o = 0; o < kSide; ++o) {
    const std::uint8_t* sample = in + std::size_t{3} * axis.first[o];
    const std::int32_t* weight = axis.weight(o);
    std::int32_t r = kHalf;
    std::int32_t g = kHalf;
    std::int32_t b = kHalf;
    for (std::uint32_t i = 0; i < axis.count[o]; ++i, sample += 3) {
      r += sample[0] * weight[i];
      g += sample[1] * weight[i];
      b += sample[2] * weight[i];
    }
    out[3 * o] = to_byte(r);
    out[3 * o + 1] = to_byte(g);
    out[3 * o + 2] = to_byte(b);
  }
}

// in: [n, 224, 3]; out: [224, 224, 3].
void resize_columns(const Axis& axis, const std::uint8_t* in, std::uint8_t* out) {
  std::array<std::int32_t, kRow> sums;
  for (std::size_t o = 0; o < kSide; ++o, out += kRow) {
    sums.fill(kHalf);
    for (std::uint32_t i = 0; i < axis.count[o]; ++i) {
      const std::uint8_t* row = in + kRow * (axis.first[o] + i);
      const std::int32_t weight = axis.weight(o)[i];
      for (std::size_t x = 0; x < kRow; ++x) sums[x] += row[x] * weight;
    }
    for (std::size_t x = 0; x < kRow; ++x) out[x] = to_byte(sums[x]);
  }
}

// Where a centred window of `side` begins on an axis: (length - side) / 2, halves to even.
std::size_t crop_offset(std::uint32_t length, std::uint32_t side) {
  const std::uint32_t spare = length - side;
  const std::uint32_t below = spare / 2;
  return spare % 2 == 0 ? below : below + below % 2;
}

}  // namespace

void crop_resize(const std::uint8_t* rgb, std::uint32_t width, std::uint32_t height,
                 std::uint8_t* out) {
  const std::uint32_t side = std::min(width, height);
  const std::size_t stride = std::size_t{3} * width;
  const std::uint8_t* corner =
      rgb + stride * crop_offset(height, side) + 3 * crop_offset(width, side);
  if (side == kSide) {
    for (std::size_t y = 0; y < kSide; ++y) std::memcpy(out + kRow * y, corner + stride * y, kRow);
    return;
  }
  const Axis axis = make_axis(side);
  std::vector<std::uint8_t> narrow(kRow * side);
  for (std::size_t y = 0; y < side; ++y) {
    resize_row(axis, corner + stride * y, narrow.data() + kRow * y);
  }
  resize_columns(axis, narrow.data(), out);
}

}  // namespace corticast
