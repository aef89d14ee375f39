#include <algorithm>
#include <cmath>

#include "tests/cuda_sim/tests/kernels/device_array.h"
#include "tests/cuda_sim/tests/kernels/fp16.h"
#include "tests/cuda_sim/tests/kernels/runs.h"

namespace cuda_sim::test {
namespace {

std::size_t inputs(const kernels::PoolShape& s) {
  return static_cast<std::size_t>(s.n * s.h * s.w * s.c);
}

std::size_t outputs(const kernels::PoolShape& s) {
  return static_cast<std::size_t>(s.n * s.out_h() * s.out_w() * s.c);
}

// The four additions and roundings that kernels.h promises.
std::vector<float> expected(const kernels::PoolShape& s, const std::vector<float>& x) {
  std::vector<float> y;
  y.reserve(outputs(s));
  for (int n = 0; n < s.n; ++n) {
    for (int row = 0; row < s.out_h(); ++row) {
      for (int column = 0; column < s.out_w(); ++column) {
        for (int c = 0; c < s.c; ++c) {
          const auto at = [&](int i, int j) {
            return x[static_cast<std::size_t>(
                ((n * s.h + row * s.stride + i) * s.w + column * s.stride + j) * s.c + c)];
          };
          const float upper = at(0, 0) + at(0, 1);
          const float lower = at(1, 0) + at(1, 1);
          y.push_back((upper + lower) * 0.25f);
        }
      }
    }
  }
  return y;
}

double largest_difference(const std::vector<float>& got, const std::vector<float>& want) {
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double difference = std::abs(static_cast<double>(got[i]) - static_cast<double>(want[i]));
    worst = std::max(worst, std::isnan(difference) ? INFINITY : difference);
  }
  return worst;
}

}  // namespace

Outcome run_pool_f32(const kernels::PoolShape& shape) {
  corticast::test::Random random(11);
  const std::vector<float> values = random.floats(inputs(shape));
  const DeviceArray<float> x(values);
  const DeviceArray<float> y(outputs(shape));
  Outcome outcome{finish(kernels::pool_f32(shape, x.get(), y.get(), nullptr))};
  if (outcome.error == cudaSuccess) {
    outcome.worst = largest_difference(y.download(), expected(shape, values));
  }
  return outcome;
}

Outcome run_pool_f16(const kernels::PoolShape& shape) {
  corticast::test::Random random(12);
  const std::vector<kernels::Half> values = to_halves(random.floats(inputs(shape)));
  const DeviceArray<kernels::Half> x(values);
  const DeviceArray<kernels::Half> y(outputs(shape));
  Outcome outcome{finish(kernels::pool_f16(shape, x.get(), y.get(), nullptr))};
  if (outcome.error == cudaSuccess) {
    const std::vector<float> want = to_floats(to_halves(expected(shape, to_floats(values))));
    outcome.worst = largest_difference(to_floats(y.download()), want);
  }
  return outcome;
}

}  // namespace cuda_sim::test
