// CPU, float32: relative L2 <= 1e-6 against the double reference.
#include "kernels/conv2d.h"

#include "kernels/cpu/buffer.h"
#include "kernels/cpu/threads.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::kernels;

namespace {

constexpr double kTolerance = 1e-6;

struct Problem {
  Conv2dShape shape;
  kernels::cpu::Buffer x;
  std::vector<float> weight, bias;

  explicit Problem(const Conv2dShape& s)
      : shape(s), x(static_cast<std::size_t>(s.height * s.width * s.in_channels)) {
    test::Random random(static_cast<std::uint64_t>(s.in_channels * 977 + s.height));
    const std::vector<float> pixels = random.floats(x.size());
    std::copy(pixels.begin(), pixels.end(), x.data());
    weight = random.floats(
        static_cast<std::size_t>(s.out_channels * s.in_channels * s.kernel * s.kernel));
    bias = random.floats(static_cast<std::size_t>(s.out_channels));
  }
  std::size_t outputs() const {
    return static_cast<std::size_t>(shape.out_height() * shape.out_width() * shape.out_channels);
  }
  std::vector<float> run(unsigned threads, cpu::Isa isa) const {
    const cpu::ThreadScope scope(threads);
    const cpu::Conv2d convolution(shape, weight.data(), bias.data(), isa);
    kernels::cpu::Buffer y(outputs());
    kernels::cpu::Buffer scratch(cpu::Conv2d::scratch_bytes(shape, isa, threads) / sizeof(float));
    convolution.run(x.data(), y.data(), scratch.data());
    return {y.data(), y.data() + outputs()};
  }
};

const std::vector<Conv2dShape> kShapes = {
    {3, 8, 5, 1, 7, 7},    {3, 16, 5, 1, 13, 11}, {8, 8, 5, 2, 9, 5},    {16, 24, 5, 2, 17, 17},
    {8, 8, 3, 1, 1, 1},    {7, 5, 3, 1, 5, 7},    {24, 40, 3, 1, 27, 9}, {48, 16, 3, 1, 11, 13},
    {17, 31, 3, 1, 23, 3}, {1, 1, 5, 2, 3, 4},    {97, 65, 3, 1, 6, 6},  {5, 130, 5, 1, 9, 8},
};

}  // namespace

TEST_CASE("the convolution equals its reference on awkward shapes") {
  for (const Conv2dShape& shape : kShapes) {
    const Problem problem(shape);
    std::vector<double> expected(problem.outputs());
    reference::conv2d_bias_relu(shape, problem.x.data(), problem.weight.data(), problem.bias.data(),
                                expected.data());
    for (const cpu::Isa isa : cpu::available_isas()) {
      const std::vector<float> got = problem.run(2, isa);
      INFO(to_string(isa) << " " << shape.in_channels << "->" << shape.out_channels << " k"
                          << shape.kernel << " " << shape.height << "x" << shape.width);
      CHECK(test::distance(got.data(), expected.data(), got.size()).relative_l2 <= kTolerance);
    }
  }
}

TEST_CASE("the convolution has the same bits at any thread count") {
  for (const Conv2dShape& shape : kShapes) {
    const Problem problem(shape);
    for (const cpu::Isa isa : cpu::available_isas()) {
      const std::vector<float> one = problem.run(1, isa);
      for (const unsigned threads : {2u, 3u, 5u, 40u}) CHECK(problem.run(threads, isa) == one);
    }
  }
}

TEST_CASE("packed weights are counted with their bias and padded to whole panels") {
  // The portable panel is 8 wide: 8 outputs fill one, 9 need two.
  CHECK(cpu::Conv2d::packed_bytes({3, 8, 5, 1, 7, 7}, cpu::Isa::kPortable) == 8 * (75 + 1) * 4);
  CHECK(cpu::Conv2d::packed_bytes({3, 9, 5, 1, 7, 7}, cpu::Isa::kPortable) == 16 * (75 + 1) * 4);
}

TEST_CASE("a kernel larger than 16 is refused") {
  const std::vector<float> weight(17 * 17);
  const float bias = 0;
  CHECK_THROWS_AS(cpu::Conv2d({1, 1, 17, 8, 20, 20}, weight.data(), &bias, cpu::Isa::kPortable),
                  std::invalid_argument);
}

TEST_CASE("the reference convolution is right by hand") {
  // 1x1 image of value 2, 3x3 kernel whose centre is 3, bias -1: 2 * 3 - 1 = 5; negated: ReLU gives
  // 0.
  const Conv2dShape shape{1, 2, 3, 1, 1, 1};
  const float x[] = {2};
  float weight[18] = {};
  weight[4] = 3;
  weight[13] = -3;
  const float bias[] = {-1, -1};
  double y[2];
  reference::conv2d_bias_relu(shape, x, weight, bias, y);
  CHECK(y[0] == 5);
  CHECK(y[1] == 0);
}

TEST_CASE("the reference convolution is a cross-correlation with rows before columns") {
  const Conv2dShape shape{1, 1, 3, 0, 3, 4};
  const float x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // 3 rows of 4
  const float weight[] = {0, 0, 100, 0, 0, 0, 1, 0, 0};       // row 0 column 2, row 2 column 0
  const float bias[] = {0};
  double y[2];
  reference::conv2d_bias_relu(shape, x, weight, bias, y);
  CHECK(y[0] == 100 * 3 + 9);
  CHECK(y[1] == 100 * 4 + 10);
}
