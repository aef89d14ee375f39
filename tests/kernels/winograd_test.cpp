// CPU, float32: relative L2 <= 1e-5 against the double reference. The transforms' factors reach
// 1024, so a tile's outputs carry some ten times the rounding of a direct sum (5e-6 of the output's
// rms over the whole core); with random inputs and few channels single layers stay below 1e-5.
#include "kernels/winograd.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/buffer.h"
#include "kernels/cpu/threads.h"
#include "kernels/pool2d.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::kernels;

namespace {

constexpr double kTolerance = 1e-5;

std::size_t product(int a, int b, int c) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
}

struct Problem {
  Conv2dShape shape;
  bool halve;
  std::vector<float> x, weight, bias;

  Problem(const Conv2dShape& s, bool h) : shape(s), halve(h) {
    test::Random random(static_cast<std::uint64_t>(s.in_channels * 977 + s.height));
    x = random.floats(product(s.height, s.width, s.in_channels));
    weight = random.floats(product(s.out_channels * s.in_channels, s.kernel, s.kernel));
    bias = random.floats(static_cast<std::size_t>(s.out_channels));
  }
  std::size_t outputs() const {
    const int divisor = halve ? 2 : 1;
    return product(shape.out_height() / divisor, shape.out_width() / divisor, shape.out_channels);
  }
  std::vector<double> expected() const {
    std::vector<double> full(product(shape.out_height(), shape.out_width(), shape.out_channels));
    reference::conv2d_bias_relu(shape, x.data(), weight.data(), bias.data(), full.data());
    if (!halve) return full;
    // The mean of the reference's doubles; the reference pool takes float32.
    std::vector<double> halved;
    halved.reserve(outputs());
    const auto width = static_cast<std::size_t>(shape.out_width());
    const auto channels = static_cast<std::size_t>(shape.out_channels);
    for (std::size_t row = 0; row + 1 < static_cast<std::size_t>(shape.out_height()); row += 2) {
      for (std::size_t column = 0; column + 1 < width; column += 2) {
        for (std::size_t c = 0; c < channels; ++c) {
          const double* at = full.data() + (row * width + column) * channels + c;
          halved.push_back(
              (at[0] + at[channels] + at[width * channels] + at[(width + 1) * channels]) / 4);
        }
      }
    }
    return halved;
  }
  // Runs in memory whose ends are guarded: nothing but y and the scratch that was asked for is
  // written, and neither needs to be initialised.
  std::vector<float> run(unsigned threads, cpu::Isa isa) const {
    constexpr float kGuard = 12345.0f;
    constexpr std::size_t kGuards = 64;
    const cpu::ThreadScope scope(threads);
    const cpu::WinogradConv2d convolution(shape, halve, weight.data(), bias.data(), isa);
    const std::size_t scratch_floats =
        cpu::WinogradConv2d::scratch_bytes(shape, isa, threads) / sizeof(float);
    kernels::cpu::Buffer y(outputs() + kGuards);
    kernels::cpu::Buffer scratch(scratch_floats + kGuards);
    std::fill_n(scratch.data(), scratch_floats, std::numeric_limits<float>::quiet_NaN());
    std::fill_n(scratch.data() + scratch_floats, kGuards, kGuard);
    std::fill_n(y.data(), outputs(), std::numeric_limits<float>::quiet_NaN());
    std::fill_n(y.data() + outputs(), kGuards, kGuard);
    convolution.run(x.data(), y.data(), scratch.data());
    const auto untouched = [](const float* from) {
      return std::all_of(from, from + kGuards, [](float value) { return value == kGuard; });
    };
    CHECK(untouched(y.data() + outputs()));
    CHECK(untouched(scratch.data() + scratch_floats));
    return {y.data(), y.data() + outputs()};
  }
};

// Channels, tiles and sides below, at and above what fills a vector, a panel, a tile, a group of
// rows; the last shapes have enough tiles for each thread to take blocks of its own.
const std::vector<Conv2dShape> kShapes = {
    {1, 4, 3, 1, 1, 1},    {1, 1, 5, 2, 3, 4},    {3, 8, 5, 0, 5, 5},    {7, 5, 3, 0, 8, 9},
    {8, 8, 5, 2, 4, 5},    {16, 24, 5, 2, 17, 8}, {17, 31, 3, 1, 23, 3}, {49, 65, 3, 1, 6, 7},
    {24, 40, 3, 2, 27, 9}, {97, 64, 3, 1, 6, 6},  {5, 130, 5, 1, 9, 8},  {48, 16, 3, 1, 12, 13},
    {3, 5, 3, 1, 55, 37},  {2, 3, 5, 2, 43, 41},
};

std::string describe(const Problem& problem) {
  const Conv2dShape& s = problem.shape;
  return std::to_string(s.in_channels) + "->" + std::to_string(s.out_channels) + " k" +
         std::to_string(s.kernel) + " p" + std::to_string(s.padding) + " " +
         std::to_string(s.height) + "x" + std::to_string(s.width) +
         (problem.halve ? " halved" : "");
}

}  // namespace

TEST_CASE("the Winograd convolution equals its reference on awkward shapes") {
  for (const Conv2dShape& shape : kShapes) {
    for (const bool halve : {false, true}) {
      const Problem problem(shape, halve);
      const std::vector<double> expected = problem.expected();
      REQUIRE(expected.size() == problem.outputs());
      for (const cpu::Isa isa : cpu::available_isas()) {
        INFO(to_string(isa) << " " << describe(problem));
        const std::vector<float> got = problem.run(2, isa);
        if (got.empty()) continue;
        CHECK(test::distance(got.data(), expected.data(), got.size()).relative_l2 <= kTolerance);
      }
    }
  }
}

TEST_CASE("the Winograd convolution has the same bits at any thread count") {
  for (const Conv2dShape& shape : kShapes) {
    const Problem problem(shape, true);
    for (const cpu::Isa isa : cpu::available_isas()) {
      INFO(to_string(isa) << " " << describe(problem));
      const std::vector<float> one = problem.run(1, isa);
      for (const unsigned threads : {2u, 3u, 5u, 40u}) CHECK(problem.run(threads, isa) == one);
    }
  }
}

TEST_CASE("an output without a pair of rows halves to nothing") {
  const Problem problem({4, 8, 3, 1, 1, 7}, true);
  CHECK(problem.outputs() == 0);
  for (const cpu::Isa isa : cpu::available_isas()) CHECK(problem.run(2, isa).empty());
}

TEST_CASE("a single filter shows where its taps go") {
  // One tap of weight 1 at row i, column j moves the image; a tile must not turn or mirror it.
  for (const int kernel : {3, 5}) {
    Problem problem({1, 1, kernel, 0, 11, 9}, false);
    for (int tap = 0; tap < kernel * kernel; ++tap) {
      std::fill(problem.weight.begin(), problem.weight.end(), 0.0f);
      problem.weight[static_cast<std::size_t>(tap)] = 1.0f;
      problem.bias = {1.0f};  // inputs are -1 .. 1: nothing is clipped
      const std::vector<float> got = problem.run(1, cpu::available_isas().back());
      double worst = 0;
      for (int h = 0; h < problem.shape.out_height(); ++h) {
        for (int w = 0; w < problem.shape.out_width(); ++w) {
          const double expected =
              1.0 + problem.x[product(h + tap / kernel, 9, 1) + product(w + tap % kernel, 1, 1)];
          const float value = got[product(h, problem.shape.out_width(), 1) + product(w, 1, 1)];
          worst = std::max(worst, std::abs(value - expected));
        }
      }
      INFO("kernel " << kernel << " tap " << tap);
      CHECK(worst <= 2e-5);
    }
  }
}

TEST_CASE("a constant image keeps its precision") {
  // Without padding every output is the filter's sum times the constant, bias 0. Float32 sums of
  // many terms that lean one way are what nearly uniform photographs make of a network.
  for (const int kernel : {3, 5}) {
    Problem problem({97, 33, kernel, 0, 13, 14}, false);
    std::fill(problem.x.begin(), problem.x.end(), 0.7f);
    for (float& weight : problem.weight) weight = std::abs(weight);
    std::fill(problem.bias.begin(), problem.bias.end(), 0.0f);
    const std::vector<double> expected = problem.expected();
    for (const cpu::Isa isa : cpu::available_isas()) {
      INFO(to_string(isa) << " kernel " << kernel);
      const std::vector<float> got = problem.run(2, isa);
      CHECK(test::distance(got.data(), expected.data(), got.size()).relative_max <= 5e-7);
    }
  }
}

TEST_CASE("transformed filters are counted with their bias and padded to whole panels") {
  // A panel is 64 wide: 64 outputs fill one, 65 need two.
  for (const cpu::Isa isa : cpu::available_isas()) {
    CHECK(cpu::WinogradConv2d::packed_bytes({3, 64, 5, 1, 7, 7}, isa) == 64 * (64 * 3 + 1) * 4);
    CHECK(cpu::WinogradConv2d::packed_bytes({3, 65, 3, 1, 7, 7}, isa) == 128 * (64 * 3 + 1) * 4);
  }
}

TEST_CASE("working memory grows with threads, not with the image") {
  const Conv2dShape wide{384, 384, 5, 2, 222, 222};
  const Conv2dShape small{384, 384, 5, 2, 55, 55};
  for (const cpu::Isa isa : cpu::available_isas()) {
    const std::size_t one = cpu::WinogradConv2d::scratch_bytes(wide, isa, 1);
    CHECK(cpu::WinogradConv2d::scratch_bytes(small, isa, 1) == one);
    CHECK(cpu::WinogradConv2d::scratch_bytes(wide, isa, 4) == 4 * one);
    CHECK(one <= std::size_t{8} << 20);
  }
}

TEST_CASE("kernels other than 3 and 5 and empty outputs are refused") {
  const std::vector<float> weight(49);
  const float bias = 0;
  for (const Conv2dShape& shape :
       {Conv2dShape{1, 1, 7, 3, 20, 20}, {1, 1, 1, 0, 20, 20}, {1, 1, 5, 0, 4, 20}}) {
    CHECK_FALSE(cpu::WinogradConv2d::supports(shape));
    CHECK_THROWS_AS(cpu::WinogradConv2d(shape, false, weight.data(), &bias, cpu::Isa::kPortable),
                    std::invalid_argument);
  }
  CHECK(cpu::WinogradConv2d::supports({1, 1, 5, 0, 5, 5}));
}
