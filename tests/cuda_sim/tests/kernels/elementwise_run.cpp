#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/cuda_sim/tests/kernels/device_array.h"
#include "tests/cuda_sim/tests/kernels/runs.h"

namespace cuda_sim::test {
namespace {

std::vector<float> positive(std::size_t n, std::uint64_t seed) {
  corticast::test::Random random(seed);
  std::vector<float> values = random.floats(n);
  for (float& value : values) value = std::abs(value);
  return values;
}

double sum_of(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value);
  return sum;
}

float arithmetic_of(float x, unsigned i, int rounds) {
  float a = x;
  float b = a * 0.5f;
  float c = a - 1.0f;
  float d = a + 0.25f;
  std::uint32_t s = i * 2654435761U + 1U;
  std::uint32_t t = s ^ 0x9e3779b9U;
  for (int r = 0; r < rounds; ++r) {
    a = std::fma(a, 0.75f, b);
    b = std::fma(b, -0.5f, c);
    c = std::fma(c, 0.25f, d);
    d = std::fma(d, -0.125f, a);
    s = s * 1664525U + 1013904223U;
    t ^= t << 13U;
    t ^= t >> 17U;
    t ^= t << 5U;
    s += t & 0xffU;
    a = std::fma(0.5f, b, a);
    c = std::min(std::max(c, -8.0f), 8.0f);
    t = std::max(t, s) - std::min(t, s);
  }
  return std::fma(static_cast<float>((s ^ t) & 1023U), 0.0009765625f, (a + b) + (c + d));
}

}  // namespace

Outcome run_scatter(int n, int values, int columns) {
  corticast::test::Random random(14);
  const std::vector<float> x = random.floats(static_cast<std::size_t>(n * values));
  std::vector<std::int32_t> source(static_cast<std::size_t>(columns));
  for (std::int32_t& from : source) {
    from = random.below(3) == 0
               ? -1
               : static_cast<std::int32_t>(random.below(static_cast<std::size_t>(values)));
  }
  const DeviceArray<float> device_x(x);
  const DeviceArray<std::int32_t> device_source(source);
  const DeviceArray<float> y(static_cast<std::size_t>(n * columns));
  Outcome outcome{finish(
      kernels::scatter(device_x.get(), n, values, device_source.get(), columns, y.get(), nullptr))};
  if (outcome.error != cudaSuccess) return outcome;
  const std::vector<float> got = y.download();
  outcome.worst = 0;
  for (int image = 0; image < n; ++image) {
    for (int column = 0; column < columns; ++column) {
      const std::int32_t from = source[static_cast<std::size_t>(column)];
      const float value = got[static_cast<std::size_t>(image * columns + column)];
      const bool right = from < 0 ? std::isnan(value)
                                  : value == x[static_cast<std::size_t>(image * values + from)];
      if (!right) outcome.worst = INFINITY;
    }
  }
  return outcome;
}

Outcome run_reduce(int count) {
  const std::vector<float> x = positive(static_cast<std::size_t>(count), 15);
  const DeviceArray<float> device_x(x);
  const DeviceArray<float> sum(std::vector<float>{0.0f});
  const DeviceArray<std::int32_t> largest(std::vector<std::int32_t>{0});
  Outcome outcome{
      finish(kernels::reduce(device_x.get(), count, sum.get(), largest.get(), nullptr))};
  if (outcome.error != cudaSuccess) return outcome;
  const float most = *std::max_element(x.begin(), x.end());
  std::int32_t most_bits = 0;
  std::memcpy(&most_bits, &most, sizeof(most));
  const double want = sum_of(x);
  outcome.worst = std::abs(static_cast<double>(sum.download()[0]) - want) / want;
  if (largest.download()[0] != most_bits) outcome.worst = INFINITY;
  return outcome;
}

Outcome run_sum_last_block(int count) {
  const std::vector<float> x = positive(static_cast<std::size_t>(count), 16);
  const DeviceArray<float> device_x(x);
  const DeviceArray<float> shares(kernels::kSumBlocks);
  const DeviceArray<std::uint32_t> ticket(std::vector<std::uint32_t>{0});
  const DeviceArray<float> sum(1);
  Outcome outcome{finish(kernels::sum_last_block(device_x.get(), count, shares.get(), ticket.get(),
                                                 sum.get(), nullptr))};
  if (outcome.error != cudaSuccess) return outcome;
  const double want = sum_of(x);
  outcome.worst = std::abs(static_cast<double>(sum.download()[0]) - want) / want;
  if (ticket.download()[0] != 0) outcome.worst = INFINITY;
  return outcome;
}

Outcome run_histogram(int count) {
  corticast::test::Random random(17);
  std::vector<std::uint8_t> x(static_cast<std::size_t>(count));
  std::vector<std::uint32_t> want(256, 1000);
  for (std::uint8_t& value : x) {
    value = static_cast<std::uint8_t>(random.below(100) * random.below(3));
    ++want[value];
  }
  const DeviceArray<std::uint8_t> device_x(x);
  const DeviceArray<std::uint32_t> bins(std::vector<std::uint32_t>(256, 1000));
  Outcome outcome{finish(kernels::histogram(device_x.get(), count, bins.get(), nullptr))};
  if (outcome.error == cudaSuccess) outcome.worst = bins.download() == want ? 0 : INFINITY;
  return outcome;
}

Outcome run_median(int count, int window) {
  corticast::test::Random random(21);
  const std::vector<float> x = random.floats(static_cast<std::size_t>(count));
  const DeviceArray<float> device_x(x);
  const DeviceArray<float> y(static_cast<std::size_t>(count - window + 1));
  Outcome outcome{finish(kernels::median(device_x.get(), count, window, y.get(), nullptr))};
  if (outcome.error != cudaSuccess) return outcome;
  const std::vector<float> got = y.download();
  outcome.worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(i);
    std::vector<float> sorted(first, first + window);
    std::sort(sorted.begin(), sorted.end());
    if (got[i] != sorted[static_cast<std::size_t>(window / 2)]) outcome.worst = INFINITY;
  }
  return outcome;
}

Outcome run_arithmetic(int count, int rounds) {
  corticast::test::Random random(18);
  const std::vector<float> x = random.floats(static_cast<std::size_t>(count));
  const DeviceArray<float> device_x(x);
  Outcome outcome{finish(kernels::arithmetic(device_x.get(), count, rounds, nullptr))};
  if (outcome.error != cudaSuccess) return outcome;
  const std::vector<float> got = device_x.download();
  outcome.worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const float want = arithmetic_of(x[i], static_cast<unsigned>(i), rounds);
    outcome.worst = std::max(outcome.worst, static_cast<double>(std::abs(got[i] - want)));
  }
  return outcome;
}

}  // namespace cuda_sim::test
