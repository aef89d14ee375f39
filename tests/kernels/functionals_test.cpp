// CPU, float32: every output within 1e-6 of the sum of its terms' absolute values, which is the
// bound that rounding obeys whatever cancels.
#include "kernels/functionals.h"

#include <cmath>
#include <utility>

#include "kernels/cpu/threads.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::kernels;

namespace {

constexpr double kTolerance = 1e-6;

// Functionals with numbers of their own.
struct Matrix {
  std::vector<std::size_t> begin = {0};
  std::vector<std::uint32_t> row;
  std::vector<double> weight;

  Functionals view() const { return {begin, row, weight}; }
  Matrix only(const std::vector<std::size_t>& outputs) const {
    Matrix some;
    for (const std::size_t o : outputs) {
      some.row.insert(some.row.end(), row.begin() + static_cast<std::ptrdiff_t>(begin[o]),
                      row.begin() + static_cast<std::ptrdiff_t>(begin[o + 1]));
      some.weight.insert(some.weight.end(), weight.begin() + static_cast<std::ptrdiff_t>(begin[o]),
                         weight.begin() + static_cast<std::ptrdiff_t>(begin[o + 1]));
      some.begin.push_back(some.row.size());
    }
    return some;
  }
};

// As many terms as said for each output, of random rows and weights.
Matrix random_matrix(test::Random& random, const std::vector<std::size_t>& terms,
                     std::size_t rows) {
  Matrix matrix;
  for (const std::size_t count : terms) {
    for (std::size_t k = 0; k < count; ++k) {
      matrix.row.push_back(static_cast<std::uint32_t>(random.below(rows)));
      matrix.weight.push_back(static_cast<double>(random.uniform()));
    }
    matrix.begin.push_back(matrix.row.size());
  }
  return matrix;
}

struct Problem {
  int channels;
  int positions;
  std::size_t images;
  std::vector<float> spatial, features, bias, x;
  std::vector<std::uint32_t> rows;  // every other vertex
  Matrix matrix;

  Problem(int c, int p, std::size_t n, const std::vector<std::size_t>& terms,
          std::size_t row_count = 37)
      : channels(c), positions(p), images(n) {
    test::Random random(static_cast<unsigned>(c) * 1000003u + static_cast<unsigned>(p) * 1009u + n);
    const auto width = static_cast<std::size_t>(c);
    const auto length = static_cast<std::size_t>(p);
    spatial = random.floats(2 * row_count * length);
    features = random.floats(2 * row_count * width);
    bias = random.floats(2 * row_count);
    x = random.floats(n * length * width);
    for (std::uint32_t i = 0; i < row_count; ++i) rows.push_back(2 * i + 1);
    matrix = random_matrix(random, terms, row_count);
  }
  ReadoutWeights weights() const {
    return {channels, positions, spatial.data(), features.data(), bias.data()};
  }
  std::size_t image_floats() const {
    return static_cast<std::size_t>(channels) * static_cast<std::size_t>(positions);
  }
  // The same problem with every number made positive: its result is the sum of absolute terms.
  Problem magnitudes() const {
    Problem positive = *this;
    for (auto* values : {&positive.spatial, &positive.features, &positive.bias, &positive.x}) {
      for (float& value : *values) value = std::abs(value);
    }
    for (double& weight : positive.matrix.weight) weight = std::abs(weight);
    return positive;
  }
  std::vector<double> expected() const {
    std::vector<double> y;
    for (std::size_t n = 0; n < images; ++n) {
      for (std::size_t o = 0; o < matrix.view().outputs(); ++o) {
        y.push_back(reference::functional_at(weights(), rows, matrix.view(), o,
                                             x.data() + n * image_floats()));
      }
    }
    return y;
  }
  std::vector<float> run(cpu::Isa isa) const { return run(isa, matrix, images); }
  std::vector<float> run(cpu::Isa isa, const Matrix& functionals, std::size_t count) const {
    const std::size_t outputs = functionals.view().outputs();
    const cpu::FoldedReadout folded(weights(), rows, functionals.view(), isa);
    std::vector<float> scratch(
        cpu::FoldedReadout::scratch_bytes(channels, positions, outputs, count) / sizeof(float));
    std::vector<float> y(count * outputs);
    folded.run(x.data(), image_floats(), count, y.data(), outputs, scratch.data());
    return y;
  }
};

// The largest error, in units of the sum of absolute terms; infinite where NaN is on one side only.
double worst_error(const std::vector<float>& got, const std::vector<double>& expected,
                   const std::vector<double>& scale) {
  REQUIRE(got.size() == expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::isnan(got[i]) && std::isnan(expected[i])) continue;
    const double error = std::abs(static_cast<double>(got[i]) - expected[i]) / scale[i];
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  }
  return worst;
}

void check_against_reference(const Problem& problem) {
  const cpu::ThreadScope scope(1);
  const std::vector<double> expected = problem.expected();
  const std::vector<double> scale = problem.magnitudes().expected();
  for (const cpu::Isa isa : cpu::available_isas()) {
    INFO(to_string(isa) << " c " << problem.channels << " p " << problem.positions << " images "
                        << problem.images);
    REQUIRE(worst_error(problem.run(isa), expected, scale) <= kTolerance);
  }
}

bool same_bits(float a, float b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

TEST_CASE("folded functionals equal their reference on awkward sizes for every instruction set") {
  for (const int channels : {1, 7, 16, 63, 64, 65}) {
    for (const int positions : {1, 5, 6, 7, 26}) {
      check_against_reference(Problem(channels, positions, 2, {1, 2, 0, 7, 31}));
    }
  }
  for (const std::size_t images : {1u, 3u, 4u, 5u, 9u}) {
    check_against_reference(Problem(17, 229, images, {3, 0, 5, 1, 2}));
  }
}

TEST_CASE("functionals of few and many terms equal their reference") {
  check_against_reference(Problem(20, 13, 1, {127, 128, 129, 255, 256, 257, 5000}));
}

TEST_CASE("functionals of the real core's size equal their reference") {
  check_against_reference(Problem(384, 676, 2, {1, 5, 3}));
}

TEST_CASE("the mean over vertices equals the averaged outputs of the readout") {
  Problem problem(24, 676, 2, {});
  problem.matrix.begin = {0, 37, 38};
  for (std::uint32_t i = 0; i < 37; ++i) problem.matrix.row.push_back(i);
  problem.matrix.row.push_back(12);
  problem.matrix.weight.assign(37, 1.0 / 37);
  problem.matrix.weight.push_back(1.0);
  std::vector<double> full(2 * 37);
  reference::readout(problem.weights(), problem.rows, problem.x.data(), 2, full.data());
  const std::vector<double> scale = problem.magnitudes().expected();
  for (const cpu::Isa isa : cpu::available_isas()) {
    const std::vector<float> got = problem.run(isa);
    for (std::size_t n = 0; n < 2; ++n) {
      double mean = 0;
      for (std::size_t i = 0; i < 37; ++i) mean += full[n * 37 + i] / 37;
      CHECK(std::abs(static_cast<double>(got[2 * n]) - mean) <= kTolerance * scale[2 * n]);
      CHECK(std::abs(static_cast<double>(got[2 * n + 1]) - full[n * 37 + 12]) <=
            kTolerance * scale[2 * n + 1]);
    }
  }
}

TEST_CASE("an output has the same bits alone, in any batch and thread count") {
  const Problem problem(72, 229, 6, {3, 0, 200, 1, 17, 2, 5, 64, 9});
  struct Part {
    std::vector<std::size_t> outputs;
    std::size_t images;
    unsigned threads;
  };
  const std::vector<Part> parts = {{{2}, 1, 3},
                                   {{8}, 6, 2},
                                   {{1, 2, 3}, 5, 1},
                                   {{0, 1, 2, 3, 4, 5, 6, 7}, 4, 2},
                                   {{0, 1, 2, 3, 4, 5, 6, 7, 8}, 6, 3}};
  for (const cpu::Isa isa : cpu::available_isas()) {
    const cpu::ThreadScope one(1);
    const std::vector<float> full = problem.run(isa);
    for (const Part& part : parts) {
      const cpu::ThreadScope scope(part.threads);
      const std::vector<std::size_t>& outputs = part.outputs;
      const std::vector<float> some = problem.run(isa, problem.matrix.only(outputs), part.images);
      for (std::size_t n = 0; n < part.images; ++n) {
        for (std::size_t i = 0; i < outputs.size(); ++i) {
          REQUIRE(same_bits(some[n * outputs.size() + i], full[n * 9 + outputs[i]]));
        }
      }
    }
  }
}

TEST_CASE("folded functionals read and write with strides, and nothing else") {
  const Problem problem(19, 31, 3, {2, 40, 0, 1});
  const std::size_t floats = problem.image_floats();
  for (const cpu::Isa isa : cpu::available_isas()) {
    const std::vector<float> expected = problem.run(isa);
    // What lies between the images must not matter.
    std::vector<float> x(3 * (floats + 5), NAN);
    for (std::size_t n = 0; n < 3; ++n) {
      std::copy_n(problem.x.data() + n * floats, floats, x.data() + n * (floats + 5));
    }
    const std::size_t scratch_floats =
        cpu::FoldedReadout::scratch_bytes(19, 31, 4, 3) / sizeof(float);
    std::vector<float> scratch(scratch_floats + 1, -7.0f);
    std::vector<float> y(3 * 6, -7.0f);
    const cpu::FoldedReadout folded(problem.weights(), problem.rows, problem.matrix.view(), isa);
    folded.run(x.data(), floats + 5, 3, y.data(), 6, scratch.data());
    CHECK(scratch.back() == -7.0f);
    for (std::size_t n = 0; n < 3; ++n) {
      for (std::size_t o = 0; o < 4; ++o) {
        CHECK(same_bits(y[n * 6 + o], expected[n * 4 + o]));
      }
      CHECK(y[n * 6 + 4] == -7.0f);
      CHECK(y[n * 6 + 5] == -7.0f);
    }
  }
}

TEST_CASE("the mean of no vertices is NaN, a term of weight zero is zero") {
  Problem problem(16, 5, 1, {});
  problem.matrix.begin = {0, 0, 1, 1};
  problem.matrix.row = {4};
  problem.matrix.weight = {0.0};
  const std::vector<float> responses(37, 3.0f);
  std::vector<float> applied(3);
  cpu::apply_functionals(problem.matrix.view(), responses.data(), 37, 1, applied.data(), 3);
  for (const cpu::Isa isa : cpu::available_isas()) {
    for (const std::vector<float>& y : {problem.run(isa), std::as_const(applied)}) {
      CHECK(std::isnan(y[0]));
      CHECK(y[1] == 0.0f);
      CHECK(std::isnan(y[2]));
    }
  }
}

TEST_CASE("functionals of computed responses are double sums, whatever the batch and threads") {
  test::Random random(5);
  constexpr std::size_t kRows = 1009;
  constexpr std::size_t kStride = kRows + 3;
  constexpr std::size_t kImages = 19;
  // Enough terms that several threads take part.
  const Matrix matrix = random_matrix(random, {1, 0, 50000, 2, 7, 30000}, kRows);
  const std::vector<float> responses = random.floats(kImages * kStride);
  std::vector<float> all(kImages * 8, -7.0f);
  cpu::apply_functionals(matrix.view(), responses.data(), kStride, kImages, all.data(), 8);
  for (std::size_t n = 0; n < kImages; ++n) {
    for (std::size_t o = 0; o < 6; ++o) {
      double sum = 0;
      for (std::size_t k = matrix.begin[o]; k < matrix.begin[o + 1]; ++k) {
        sum += matrix.weight[k] * static_cast<double>(responses[n * kStride + matrix.row[k]]);
      }
      if (o == 1) {
        REQUIRE(std::isnan(all[n * 8 + o]));
      } else {
        REQUIRE(all[n * 8 + o] == static_cast<float>(sum));
      }
    }
    REQUIRE(all[n * 8 + 6] == -7.0f);
  }
  for (const unsigned threads : {1u, 3u}) {
    const cpu::ThreadScope scope(threads);
    std::vector<float> one(6);
    cpu::apply_functionals(matrix.view(), responses.data() + 17 * kStride, kStride, 1, one.data(),
                           6);
    for (std::size_t o = 0; o < 6; ++o) CHECK(same_bits(one[o], all[17 * 8 + o]));
  }
}
