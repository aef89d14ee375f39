// The second half of the readout by GEMM. The bound is that of float32 sums of so many terms, of
// which 1/128 are added one after another and the rest pairwise, on every card.
#include <cmath>
#include <tuple>

#include "kernels/cuda/kernels.h"
#include "tests/cuda/cards.h"
#include "tests/cuda/formats.h"
#include "tests/cuda/traffic.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;
using kernels::cuda::Element;

namespace {

constexpr float kUntouched = 1234.5f;

struct Problem {
  std::size_t images, rows, channels, y_stride;
  Element element;
  std::vector<float> z, bias;
  std::vector<double> features;

  Problem(std::size_t n, std::size_t v, std::size_t c, std::size_t stride, Element e)
      : images(n), rows(v), channels(c), y_stride(stride), element(e) {
    Random random(n * 1009 + v * 31 + c);
    z = random.floats(n * v * c);
    bias = random.floats(v);
    for (const float value : random.floats(v * c)) {
      features.push_back(round_to(format_of(e), static_cast<double>(value)));
    }
  }

  // Of the first `count` images.
  std::vector<float> run(std::size_t count) const {
    const OnDevice<float> products(std::vector<float>(
        z.begin(), z.begin() + static_cast<std::ptrdiff_t>(count * rows * channels)));
    const OnDevice<std::uint8_t> weights(stored(format_of(element), features));
    const OnDevice<float> offsets(bias);
    const OnDevice<float> y(std::vector<float>(count * y_stride, kUntouched));
    REQUIRE(kernels::cuda::reduce_channels(count, rows, static_cast<int>(channels), element,
                                           products.get(), weights.get(), offsets.get(), y.get(),
                                           y_stride, nullptr) == cudaSuccess);
    return y.read();
  }
};

void check_reduction(const Problem& problem) {
  const std::vector<float> got = problem.run(problem.images);
  REQUIRE(got.size() == problem.images * problem.y_stride);
  const double unit = 0x1p-24;
  const double bound = unit * (std::ceil(static_cast<double>(problem.channels) / 128) * 4 + 7);
  double worst = 0;
  for (std::size_t n = 0; n < problem.images; ++n) {
    for (std::size_t v = 0; v < problem.y_stride; ++v) {
      const auto value = static_cast<double>(got[n * problem.y_stride + v]);
      if (v >= problem.rows) {
        REQUIRE(value == static_cast<double>(kUntouched));
        continue;
      }
      double sum = static_cast<double>(problem.bias[v]);
      double scale = std::abs(sum);
      for (std::size_t c = 0; c < problem.channels; ++c) {
        const double term =
            problem.features[v * problem.channels + c] *
            static_cast<double>(problem.z[(n * problem.rows + v) * problem.channels + c]);
        sum += term;
        scale += std::abs(term);
      }
      const double error = std::abs(value - sum) / scale;
      worst = error <= worst ? worst : error;  // a NaN stays
    }
  }
  CHECK(worst <= bound);
}

}  // namespace

TEST_CASE("products are reduced over the channels") {
  for (const std::string& card : kCards) {
    play(card);
    for (const Element element : kElements) {
      for (const auto& [images, rows, channels, stride] :
           {std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>{1, 1, 8, 1},
            {2, 9, 16, 9},
            {5, 7, 24, 11},
            {3, 8, 136, 300},
            {4, 17, 384, 17}}) {
        INFO(card << ", " << name_of(element) << ", " << images << " x " << rows << " x "
                  << channels);
        check_reduction(Problem(images, rows, channels, stride, element));
      }
    }
    check_clean();
  }
}

TEST_CASE("a reduced image has the same bits in any batch") {
  play("a100");
  const Problem problem(9, 20, 392, 21, Element::kFloat16);
  const std::vector<float> all = problem.run(9);
  for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 8u}) {
    const std::vector<float> some = problem.run(count);
    REQUIRE(some.size() == count * 21);
    CHECK(std::equal(some.begin(), some.end(), all.begin()));
  }
  check_clean();
}

TEST_CASE("the reduction reads every product once and the features once for four images") {
  play("h100");
  Problem(10, 33, 384, 33, Element::kFloat16).run(10);
  const Traffic traffic = traffic_of("reduce_rows");
  CHECK(traffic.loaded == 10 * 33 * 384 * 4 + 3 * 33 * 384 * 2 + 10 * 33 * 4);
  CHECK(traffic.stored == 10 * 33 * 4);
  check_clean();
}
