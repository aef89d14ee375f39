// Executions of convolution plans against plain loops in double.
#include <algorithm>
#include <cmath>

#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/libraries/convolution_graph.h"
#include "tests/cuda_sim/tests/libraries/device_data.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

// Index of element (n, c, h, w) of a dense tensor with `channels` x side x side images.
std::size_t place(Layout layout, std::int64_t channels, std::int64_t side, std::int64_t n,
                  std::int64_t c, std::int64_t h, std::int64_t w) {
  const std::int64_t index = layout == Layout::kNchw ? ((n * channels + c) * side + h) * side + w
                                                     : ((n * side + h) * side + w) * channels + c;
  return static_cast<std::size_t>(index);
}

struct Expected {
  std::vector<double> y;
  std::vector<double> magnitude;  // sum of the absolute values of all terms
};

Expected convolve(const ConvolutionShape& s, const std::vector<float>& x,
                  const std::vector<float>& w, const std::vector<float>& bias) {
  Expected expected{std::vector<double>(s.y_size()), std::vector<double>(s.y_size())};
  const std::int64_t out = s.out_side();
  for (std::int64_t n = 0; n < s.n; ++n)
    for (std::int64_t k = 0; k < s.out; ++k)
      for (std::int64_t row = 0; row < out; ++row)
        for (std::int64_t column = 0; column < out; ++column) {
          double sum = static_cast<double>(bias[static_cast<std::size_t>(k)]);
          double magnitude = std::abs(sum);
          for (std::int64_t c = 0; c < s.in; ++c)
            for (std::int64_t i = 0; i < s.kernel; ++i)
              for (std::int64_t j = 0; j < s.kernel; ++j) {
                const std::int64_t h = row * s.stride - s.padding + i * s.dilation;
                const std::int64_t v = column * s.stride - s.padding + j * s.dilation;
                if (h < 0 || v < 0 || h >= s.side || v >= s.side) continue;
                const double term =
                    static_cast<double>(x[place(s.layout, s.in, s.side, n, c, h, v)]) *
                    static_cast<double>(w[place(s.layout, s.in, s.kernel, k, c, i, j)]);
                sum += term;
                magnitude += std::abs(term);
              }
          const std::size_t at = place(s.layout, s.out, out, n, k, row, column);
          expected.y[at] = std::max(0.0, sum);
          expected.magnitude[at] = magnitude;
        }
  return expected;
}

// `bits` significant bits, ties away from zero.
float rounded(float value, int bits) {
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(value), &exponent);
  return static_cast<float>(std::ldexp(std::round(std::ldexp(fraction, bits)), exponent - bits));
}
std::vector<float> rounded(std::vector<float> values, int bits) {
  for (float& value : values) value = rounded(value, bits);
  return values;
}

// The plan's result; its workspace, where it needs one, is exactly as large as it says.
std::vector<float> run(const ConvolutionShape& shape, const std::vector<float>& x,
                       const std::vector<float>& w, const std::vector<float>& bias, DataType type,
                       bool tensor_cores) {
  const CudnnHandle handle;
  const ConvolutionGraph graph(handle.get(), shape);
  const auto plans = graph.plans(handle.get(), 1, tensor_cores);
  REQUIRE(plans.size() == 1);
  const DeviceArray device_x(x, type);
  const DeviceArray device_w(w, type);
  const DeviceArray device_bias(bias, type);
  const DeviceArray device_y(shape.y_size() * bytes_of(type));
  const DeviceArray workspace(
      static_cast<std::size_t>(std::max<std::int64_t>(1, plans[0].workspace)));
  check(execute(
      handle.get(), plans[0],
      {{1, device_x.get()}, {2, device_w.get()}, {3, device_bias.get()}, {4, device_y.get()}},
      workspace.get()));
  return device_y.numbers(shape.y_size(), type);
}

struct Case {
  ConvolutionShape shape;
  DataType type;
  bool tensor_cores;
};

std::vector<Case> cases() {
  std::vector<ConvolutionShape> shapes(6);
  shapes[0] = {2, 3, 16, 14, 5, 1};       // the first block of CNN8: it shrinks the image
  shapes[1] = {1, 16, 24, 11, 5, 2};      // the second
  shapes[2] = {3, 24, 8, 9, 3, 1};        // the others
  shapes[3] = {1, 8, 16, 13, 3, 1, 2};    // every second position
  shapes[4] = {2, 8, 8, 12, 3, 2, 1, 2};  // filters with gaps
  shapes[5] = {2, 32, 16, 7, 1, 0};
  std::vector<Case> all;
  for (ConvolutionShape shape : shapes) {
    all.push_back({shape, DataType::kFloat, false});
    shape.layout = Layout::kNhwc;
    shape.type = CUDNN_DATA_HALF;
    all.push_back({shape, DataType::kHalf, true});
  }
  return all;
}

}  // namespace

TEST_CASE("convolution, bias and ReLU in float and half") {
  for (const char* profile : {"t4", "h100"}) {
    play(profile);
    for (const Case& c : cases()) {
      INFO(profile << ", " << to_string(c.type) << ", kernel " << c.shape.kernel << ", stride "
                   << c.shape.stride << ", dilation " << c.shape.dilation);
      // 11 significant bits: what half holds, so only the results are rounded on the device.
      const int bits = c.type == DataType::kHalf ? 11 : 24;
      const auto x = rounded(long_numbers(c.shape.x_size(), 1), bits);
      const auto w = rounded(long_numbers(c.shape.w_size(), 2), bits);
      const auto bias = rounded(long_numbers(static_cast<std::size_t>(c.shape.out), 3), bits);
      const auto y = run(c.shape, x, w, bias, c.type, c.tensor_cores);
      const Expected expected = convolve(c.shape, x, w, bias);
      const double last_place = c.type == DataType::kHalf ? 0x1p-11 : 0x1p-24;
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        const double allowed = last_place * 1.001 * expected.y[i] + 4e-7 * expected.magnitude[i];
        wrong += std::abs(static_cast<double>(y[i]) - expected.y[i]) <= allowed ? 0 : 1;
      }
      CHECK(wrong == 0);
      CHECK(report_lines().empty());
    }
  }
}

TEST_CASE("bfloat16 results are rounded to 8 bits") {
  play("a100");
  ConvolutionShape shape;
  shape.layout = Layout::kNhwc;
  shape.type = CUDNN_DATA_BFLOAT16;
  const auto x = short_numbers(shape.x_size(), 1);
  const auto w = short_numbers(shape.w_size(), 2);
  const auto bias = short_numbers(static_cast<std::size_t>(shape.out), 3);
  const auto y = run(shape, x, w, bias, DataType::kBfloat16, true);
  const Expected expected = convolve(shape, x, w, bias);
  for (std::size_t i = 0; i < y.size(); ++i)
    REQUIRE(std::abs(static_cast<double>(y[i]) - expected.y[i]) <= 0x1p-8 * expected.y[i]);
  CHECK(report_lines().empty());
}

TEST_CASE("tensor-core plans of float tensors see 11 bits of their inputs") {
  play("a100");
  ConvolutionShape shape;
  shape.layout = Layout::kNhwc;
  shape.in = shape.out = 32;
  const auto x = long_numbers(shape.x_size(), 1);
  const auto w = long_numbers(shape.w_size(), 2);
  const auto bias = long_numbers(static_cast<std::size_t>(shape.out), 3);
  const auto tf32 = run(shape, x, w, bias, DataType::kFloat, true);
  const auto full = run(shape, x, w, bias, DataType::kFloat, false);
  const Expected rounded_inputs = convolve(shape, rounded(x, 11), rounded(w, 11), bias);
  const Expected exact = convolve(shape, x, w, bias);
  double between = 0;
  for (std::size_t i = 0; i < tf32.size(); ++i) {
    REQUIRE(std::abs(static_cast<double>(tf32[i]) - rounded_inputs.y[i]) <=
            4e-7 * rounded_inputs.magnitude[i]);
    REQUIRE(std::abs(static_cast<double>(full[i]) - exact.y[i]) <= 4e-7 * exact.magnitude[i]);
    between = std::max(between, std::abs(exact.y[i] - rounded_inputs.y[i]));
  }
  CHECK(between > 1e-4);  // so the two can be told apart
  CHECK(report_lines().empty());
}

TEST_CASE("executions are counted with the bytes that they must move") {
  play("a100");
  const ConvolutionShape shape;
  run(shape, short_numbers(shape.x_size(), 1), short_numbers(shape.w_size(), 2),
      short_numbers(static_cast<std::size_t>(shape.out), 3), DataType::kFloat, false);
  const auto counts = runtime::counts();
  REQUIRE(counts.size() == 1);
  const auto& [name, count] = *counts.begin();
  CHECK_THAT(name, corticast::test::contains("1x8x12x12 by 16x8x3x3"));
  CHECK(count.launches == 1);
  CHECK(count.global_loaded == 4 * (8 * 12 * 12 + 16 * 8 * 9 + 16));
  CHECK(count.global_stored == 4 * 16 * 12 * 12);
}

}  // namespace cuda_sim::test
