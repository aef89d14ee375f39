#include <algorithm>
#include <cmath>

#include "tests/cuda_sim/tests/kernels/device_array.h"
#include "tests/cuda_sim/tests/kernels/fp16.h"
#include "tests/cuda_sim/tests/kernels/runs.h"

namespace cuda_sim::test {
namespace {

// A sum in double and how large its terms are.
struct Sum {
  double value = 0;
  double magnitude = 0;

  void add(double term) {
    value += term;
    magnitude += std::abs(term);
  }
};

double error_of(float got, const Sum& want) {
  const double error = std::abs(static_cast<double>(got) - want.value) / want.magnitude;
  return std::isnan(error) ? INFINITY : error;
}

struct ReadoutData {
  std::vector<float> spatial, x, features, bias;
};

// The readout's definition for one image and row.
Sum readout_of(const kernels::ReadoutShape& s, const ReadoutData& data, int image, int row) {
  const auto channels = static_cast<std::size_t>(s.channels);
  const auto positions = static_cast<std::size_t>(s.positions);
  const float* x = data.x.data() + static_cast<std::size_t>(image) * positions * channels;
  const float* spatial = data.spatial.data() + static_cast<std::size_t>(row) * positions;
  const float* features = data.features.data() + static_cast<std::size_t>(row) * channels;
  Sum sum;
  sum.add(static_cast<double>(data.bias[static_cast<std::size_t>(row)]));
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t p = 0; p < positions; ++p) {
      sum.add(static_cast<double>(features[c]) * static_cast<double>(spatial[p]) *
              static_cast<double>(x[p * channels + c]));
    }
  }
  return sum;
}

cudaError_t launch_halves(Readout which, const kernels::ReadoutShape& s, const kernels::Half* a,
                          const kernels::Half* x, const float* features, const float* bias,
                          float* y) {
  if (which == Readout::kMma75) {
    return kernels::readout_mma75(s, a, x, features, bias, y, nullptr);
  }
  const bool six = which == Readout::kMma80Stages6;
  return kernels::readout_mma80(s, a, x, features, bias, y, six ? 6 : 3, six, nullptr);
}

}  // namespace

Outcome run_readout(Readout which, const kernels::ReadoutShape& s) {
  corticast::test::Random random(19);
  ReadoutData data;
  data.spatial = random.floats(static_cast<std::size_t>(s.rows * s.positions));
  data.x = random.floats(static_cast<std::size_t>(s.images * s.positions * s.channels));
  data.features = random.floats(static_cast<std::size_t>(s.rows * s.channels));
  data.bias = random.floats(static_cast<std::size_t>(s.rows));
  const DeviceArray<float> features(data.features);
  const DeviceArray<float> bias(data.bias);
  const DeviceArray<float> y(static_cast<std::size_t>(s.images * s.rows));
  Outcome outcome;
  if (which == Readout::kF32) {
    const DeviceArray<float> spatial(data.spatial);
    const DeviceArray<float> x(data.x);
    outcome.error = finish(kernels::readout_f32(s, spatial.get(), x.get(), features.get(),
                                                bias.get(), y.get(), nullptr));
  } else {
    const std::vector<kernels::Half> halves_a = to_halves(data.spatial);
    const std::vector<kernels::Half> halves_x = to_halves(data.x);
    data.spatial = to_floats(halves_a);
    data.x = to_floats(halves_x);
    const DeviceArray<kernels::Half> spatial(halves_a);
    const DeviceArray<kernels::Half> x(halves_x);
    outcome.error = finish(
        launch_halves(which, s, spatial.get(), x.get(), features.get(), bias.get(), y.get()));
  }
  if (outcome.error != cudaSuccess) return outcome;
  const std::vector<float> got = y.download();
  outcome.worst = 0;
  for (int image = 0; image < s.images; ++image) {
    for (int row = 0; row < s.rows; ++row) {
      outcome.worst =
          std::max(outcome.worst, error_of(got[static_cast<std::size_t>(image * s.rows + row)],
                                           readout_of(s, data, image, row)));
    }
  }
  return outcome;
}

Outcome run_gemm_wmma(int m, int n, int k) {
  corticast::test::Random random(20);
  const float alpha = -1.75f;
  const std::vector<kernels::Half> a = to_halves(random.floats(static_cast<std::size_t>(m * k)));
  const std::vector<kernels::Half> b = to_halves(random.floats(static_cast<std::size_t>(k * n)));
  const DeviceArray<kernels::Half> device_a(a);
  const DeviceArray<kernels::Half> device_b(b);
  const DeviceArray<float> c(static_cast<std::size_t>(m * n));
  Outcome outcome{
      finish(kernels::gemm_wmma(m, n, k, alpha, device_a.get(), device_b.get(), c.get(), nullptr))};
  if (outcome.error != cudaSuccess) return outcome;
  const std::vector<float> got = c.download();
  outcome.worst = 0;
  for (int row = 0; row < m; ++row) {
    for (int column = 0; column < n; ++column) {
      Sum sum;
      for (int i = 0; i < k; ++i) {
        sum.add(static_cast<double>(alpha) *
                static_cast<double>(to_float(a[static_cast<std::size_t>(row * k + i)])) *
                static_cast<double>(to_float(b[static_cast<std::size_t>(i * n + column)])));
      }
      outcome.worst =
          std::max(outcome.worst, error_of(got[static_cast<std::size_t>(row * n + column)], sum));
    }
  }
  return outcome;
}

}  // namespace cuda_sim::test
