// Every output within 1e-6 of the sum of its terms' absolute values, which is the bound that
// rounding obeys whatever cancels.
#include <cmath>
#include <numeric>

#include "kernels/cuda/kernels.h"
#include "kernels/readout.h"
#include "tests/cuda/cards.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr double kTolerance = 1e-6;

struct Problem {
  std::size_t images, rows;
  int positions, channels;
  std::vector<float> spatial, features, bias, x;

  Problem(std::size_t n, std::size_t v, int p, int c)
      : images(n), rows(v), positions(p), channels(c) {
    Random random(n * 7919 + v * 1009 + static_cast<std::size_t>(p * 31 + c));
    const auto width = static_cast<std::size_t>(c);
    const auto length = static_cast<std::size_t>(p);
    spatial = random.floats(v * length);
    features = random.floats(v * width);
    bias = random.floats(v);
    x = random.floats(n * length * width);
  }
  Problem magnitudes() const {
    Problem positive = *this;
    for (auto* values : {&positive.spatial, &positive.features, &positive.bias, &positive.x}) {
      for (float& value : *values) value = std::abs(value);
    }
    return positive;
  }
  std::vector<double> expected() const {
    std::vector<std::uint32_t> all(rows);
    std::iota(all.begin(), all.end(), 0u);
    std::vector<double> y(images * rows);
    kernels::reference::readout({channels, positions, spatial.data(), features.data(), bias.data()},
                                all, x.data(), images, y.data());
    return y;
  }
  // The first `count` images on a device of so many multiprocessors.
  std::vector<float> run(std::size_t count, int multiprocessors) const {
    const OnDevice<float> s(spatial);
    const OnDevice<float> f(features);
    const OnDevice<float> b(bias);
    const OnDevice<float> in(std::vector<float>(
        x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / images * count)));
    const OnDevice<float> y(count * rows);
    REQUIRE(kernels::cuda::readout({count, rows, positions, channels, multiprocessors}, s.get(),
                                   f.get(), b.get(), in.get(), y.get(), nullptr) == cudaSuccess);
    return y.read();
  }
};

void check_readout(const std::string& card, const Problem& problem) {
  INFO(card << ", " << problem.images << " images, " << problem.rows << " rows, "
            << problem.positions << " positions, " << problem.channels << " channels");
  const std::vector<double> expected = problem.expected();
  const std::vector<double> scale = problem.magnitudes().expected();
  const std::vector<float> got = problem.run(problem.images, 4);
  REQUIRE(got.size() == expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(static_cast<double>(got[i]) - expected[i]) / scale[i];
    worst = error <= worst ? worst : error;  // a NaN stays
  }
  CHECK(worst <= kTolerance);
}

}  // namespace

TEST_CASE("the readout equals its reference on awkward sizes") {
  for (const std::string& card : kCards) {
    play(card);
    for (const int channels : {1, 7, 16, 95, 100, 385, 388}) {
      check_readout(card, Problem(2, 49, 75, channels));
    }
    for (const int positions : {1, 7, 8, 72, 73, 145}) {
      check_readout(card, Problem(1, 5, positions, 12));
    }
    for (const std::size_t rows : {1u, 47u, 48u, 97u}) {
      check_readout(card, Problem(3, rows, 9, 20));
    }
    check_readout(card, Problem(2, 7, 676, 384));
    check_clean();
  }
}

TEST_CASE("an image's outputs have the same bits in any batch and on any number of processors") {
  play("a100");
  const Problem problem(5, 50, 80, 24);
  const std::vector<float> all = problem.run(5, 1);
  for (const std::size_t count : {1u, 2u, 3u, 4u}) {
    for (const int multiprocessors : {1, 3, 108}) {
      INFO(count << " images, " << multiprocessors << " multiprocessors");
      const std::vector<float> some = problem.run(count, multiprocessors);
      REQUIRE(some.size() == count * problem.rows);
      CHECK(std::equal(some.begin(), some.end(), all.begin()));
    }
  }
  CHECK(problem.run(5, 108) == all);
  check_clean();
}

TEST_CASE("masks and features are read once per batch") {
  play("h100");
  const Problem problem(6, 96, 676, 384);
  problem.run(6, 1);
  const auto counts = cuda_sim::runtime::counts();
  std::uint64_t loaded = 0;
  for (const auto& [name, kernel] : counts) loaded += kernel.global_loaded;
  // Masks and features once; images once for each block of 48 rows; for each image the bias, and
  // the sum so far for each stretch of 72 positions but the first.
  const std::uint64_t once = 4 * (96 * 676 + 96 * 384);
  const std::uint64_t images = 4 * 6 * 676 * 384 * 2;
  const std::uint64_t outputs = 4 * 6 * 96 * (1 + 9);
  CHECK(loaded == once + images + outputs);
  check_clean();
}
