#include <algorithm>
#include <cmath>

#include "engine/image/preprocess.h"
#include "tests/cuda_sim/tests/kernels/device_array.h"
#include "tests/cuda_sim/tests/kernels/fp16.h"
#include "tests/cuda_sim/tests/kernels/runs.h"

namespace cuda_sim::test {
namespace {

constexpr int kOut = static_cast<int>(corticast::kNetworkSide);

struct HostAxis {
  int widest = 0;
  std::vector<std::int32_t> first, count, weights;
};

// Pillow's antialiased bilinear filter as fixed-point weights.
HostAxis triangle_axis(int side) {
  const double scale = static_cast<double>(side) / kOut;
  const double support = std::max(scale, 1.0);
  HostAxis axis;
  axis.widest = 2 * static_cast<int>(std::ceil(support)) + 1;
  for (int o = 0; o < kOut; ++o) {
    const double centre = (o + 0.5) * scale;
    // Truncation after adding one half, as Pillow has it.
    const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
    const int last = std::min(static_cast<int>(centre + support + 0.5), side);
    std::vector<double> share;
    double total = 0;
    for (int i = first; i < last; ++i) {
      share.push_back(std::max(0.0, 1.0 - std::abs((i - centre + 0.5) * (1.0 / support))));
      total += share.back();
    }
    axis.first.push_back(first);
    axis.count.push_back(last - first);
    for (std::size_t i = 0; i < static_cast<std::size_t>(axis.widest); ++i) {
      const double weight = i < share.size() ? share[i] / total : 0.0;
      axis.weights.push_back(
          static_cast<std::int32_t>(0.5 + weight * (1 << kernels::kResizeFractionBits)));
    }
  }
  return axis;
}

std::vector<float> expected(const std::vector<std::uint8_t>& square, int side) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kOut * kOut * 3));
  const auto length = static_cast<std::uint32_t>(side);
  corticast::crop_resize(square.data(), length, length, bytes.data());
  std::vector<float> y;
  for (std::size_t pixel = 0; pixel < bytes.size(); pixel += 3) {
    for (std::size_t c = 0; c < 8; ++c) {
      const float value =
          c < 3 ? corticast::normalisation_table()[256 * c + bytes[pixel + c]] : 0.0f;
      y.push_back(to_float(to_half(value)));
    }
  }
  return y;
}

}  // namespace

Outcome run_resize(int side, int padding) {
  corticast::test::Random random(13);
  const int row = 3 * side;
  const int stride = row + padding;
  std::vector<std::uint8_t> rgb(static_cast<std::size_t>(side * stride - padding));
  std::vector<std::uint8_t> square;
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    // Mostly extremes, where rounding and clamping show.
    const std::uint64_t bits = random.bits();
    rgb[i] = static_cast<std::uint8_t>(bits % 4 == 0 ? bits >> 8 : (bits % 4 == 1 ? 0 : 255));
    if (static_cast<int>(i) % stride < row) square.push_back(rgb[i]);
  }
  const HostAxis host = triangle_axis(side);
  const DeviceArray<std::int32_t> first(host.first);
  const DeviceArray<std::int32_t> count(host.count);
  const DeviceArray<std::int32_t> weights(host.weights);
  const DeviceArray<std::uint8_t> x(rgb);
  const DeviceArray<std::uint8_t> narrow(static_cast<std::size_t>(side * kOut * 3));
  const DeviceArray<kernels::Half> y(static_cast<std::size_t>(kOut * kOut * 8));
  const kernels::ResizeAxis axis{side, kOut, host.widest, first.get(), count.get(), weights.get()};
  must(kernels::set_normalisation(corticast::normalisation_table().data(), nullptr),
       "set_normalisation");
  Outcome outcome{finish(kernels::resize_rows(axis, x.get(), stride, narrow.get(), nullptr))};
  if (outcome.error != cudaSuccess) return outcome;
  outcome.error = finish(kernels::resize_columns(axis, narrow.get(), y.get(), nullptr));
  if (outcome.error != cudaSuccess) return outcome;
  const std::vector<float> got = to_floats(y.download());
  const std::vector<float> want = expected(square, side);
  outcome.worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    outcome.worst = std::max(outcome.worst, static_cast<double>(std::abs(got[i] - want[i])));
  }
  return outcome;
}

}  // namespace cuda_sim::test
