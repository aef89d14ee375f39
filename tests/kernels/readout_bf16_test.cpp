// CPU, bf16 masks and images, float32 features and sums: against the reference computed from the
// rounded numbers every output within 1e-6 of the sum of its terms' absolute values; against the
// numbers as given within 4e-3 of the outputs' rms (2.3e-3 expected: two roundings of up to 2^-9).
#include "kernels/readout_bf16.h"

#include <bit>
#include <cmath>
#include <limits>

#include "kernels/cpu/bf16.h"
#include "kernels/cpu/threads.h"
#include "tests/kernels/readout_problem.h"
#include "tests/support/bf16.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::kernels;
using namespace corticast::test;

namespace {

constexpr double kTolerance = 1e-6;
constexpr double kRoundingRms = 4e-3;

float from_bf16(std::uint32_t half) {
  return std::bit_cast<float>(half << 16);
}

// To eight significant bits, by arithmetic.
float rounded(float value) {
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(value), &exponent);
  return static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(fraction, 8)), exponent - 8));
}

struct Problem : ReadoutProblem {
  using ReadoutProblem::ReadoutProblem;

  Problem with_rounded_factors() const {
    Problem problem = *this;
    for (float& value : problem.spatial) value = rounded(value);
    for (float& value : problem.x) value = rounded(value);
    return problem;
  }
  std::vector<float> run(const std::vector<std::uint32_t>& rows) const {
    const std::size_t words = cpu::packed_image_words(channels, positions);
    const std::unique_ptr<std::uint32_t[], void (*)(void*)> packed(
        static_cast<std::uint32_t*>(std::aligned_alloc(64, images * words * 4)), std::free);
    for (std::size_t n = 0; n < images; ++n) {
      cpu::pack_image_bf16(x.data() + n * positions * channels, channels, positions,
                           packed.get() + n * words);
    }
    const cpu::Bf16Readout readout(weights(), rows);
    std::vector<float> y(images * rows.size());
    readout.run(packed.get(), images, y.data(), rows.size());
    return y;
  }
};

void require_close(const Problem& problem) {
  const auto rows = all_rows(problem.vertices);
  const Problem exact = problem.with_rounded_factors();
  const std::vector<double> expected = exact.expected(rows);
  const std::vector<double> scale = exact.magnitudes().expected(rows);
  const std::vector<float> got = problem.run(rows);
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    worst = std::max(worst, std::abs(got[i] - expected[i]) / scale[i]);
  }
  INFO("c " << problem.channels << " p " << problem.positions << " v " << problem.vertices);
  REQUIRE(worst <= kTolerance);
}

}  // namespace

TEST_CASE("float32 becomes the nearest bf16, ties even") {
  CHECK(cpu::to_bf16(1.0f) == 0x3f80u);
  CHECK(cpu::to_bf16(-0.0f) == 0x8000u);
  CHECK(cpu::to_bf16(std::bit_cast<float>(0x3f808000u)) == 0x3f80u);  // half way: to even
  CHECK(cpu::to_bf16(std::bit_cast<float>(0x3f818000u)) == 0x3f82u);
  CHECK(cpu::to_bf16(std::bit_cast<float>(0x3f808001u)) == 0x3f81u);
  CHECK(cpu::to_bf16(std::bit_cast<float>(0x3fffffffu)) == 0x4000u);  // into the next power of two
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  CHECK(from_bf16(cpu::to_bf16(kInfinity)) == kInfinity);
  CHECK(from_bf16(cpu::to_bf16(-kInfinity)) == -kInfinity);
  CHECK(std::isnan(from_bf16(cpu::to_bf16(std::bit_cast<float>(0x7f800001u)))));
  CHECK(std::isnan(from_bf16(cpu::to_bf16(std::bit_cast<float>(0xffffffffu)))));
  Random random(5);
  for (int k = 0; k < 20000; ++k) {
    const float value = std::ldexp(random.uniform(), static_cast<int>(random.below(200)) - 100);
    if (from_bf16(cpu::to_bf16(value)) != rounded(value)) FAIL(value);
  }
}

TEST_CASE("a pair of bf16 holds the earlier position in its lower half") {
  CHECK(cpu::to_bf16_pair(1.0f, -2.0f) == 0xc0003f80u);
}

TEST_CASE("the bf16 readout equals its reference on awkward sizes") {
  if (!bf16_can_run()) return;
  for (const int channels : {1, 7, 63, 64, 65, 131}) {
    for (const int positions : {1, 2, 5, 225, 226, 227}) {
      for (const std::size_t vertices : {1, 5, 7, 49}) {
        require_close(Problem(channels, positions, vertices, 2));
      }
    }
  }
}

TEST_CASE(
    "the bf16 readout of real size equals its reference, and the float32 one up to rounding") {
  if (!bf16_can_run()) return;
  const Problem problem(384, 676, 53, 1);
  require_close(problem);
  const auto rows = all_rows(53);
  const std::vector<double> expected = problem.expected(rows);
  const std::vector<float> got = problem.run(rows);
  double error = 0;
  double size = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    error += std::pow(got[i] - expected[i], 2);
    size += std::pow(expected[i], 2);
  }
  CHECK(std::sqrt(error / size) <= kRoundingRms);
  CHECK(std::sqrt(error / size) >= 1e-4);  // masks and images were rounded
}

TEST_CASE("a row of the bf16 readout has the same bits in any selection, batch and thread count") {
  if (!bf16_can_run()) return;
  constexpr std::size_t kVertices = 801;
  const Problem problem(72, 229, kVertices, 3);
  const auto full = [&] {
    const cpu::ThreadScope scope(1);
    return problem.run(all_rows(kVertices));
  }();
  for (const std::vector<std::uint32_t>& rows :
       {all_rows(kVertices), std::vector<std::uint32_t>{0}, {800}, {95, 96, 97}, {1, 5, 50, 101}}) {
    for (const unsigned threads : {1u, 2u, 3u}) {
      const cpu::ThreadScope scope(threads);
      const std::vector<float> some = problem.run(rows);
      for (std::size_t n = 0; n < 3; ++n) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
          if (some[n * rows.size() + i] == full[n * kVertices + rows[i]]) continue;
          FAIL("threads " << threads << " row " << rows[i]);
        }
      }
    }
  }
  Problem alone = problem;
  alone.images = 1;
  const std::vector<float> first = alone.run(all_rows(kVertices));
  CHECK(std::equal(first.begin(), first.end(), full.begin()));
}

TEST_CASE("an all-zero mask of the bf16 readout outputs exactly the bias") {
  if (!bf16_can_run()) return;
  Problem problem(16, 675, 9, 1);
  std::fill_n(problem.spatial.begin() + 4 * 675, 675, 0.0f);
  CHECK(problem.run(all_rows(9))[4] == problem.bias[4]);
}

TEST_CASE("bf16 masks take half the memory of float32 ones") {
  CHECK(cpu::Bf16Readout::packed_bytes(676, 57054) == std::size_t{57054} * 676 * 2);
  CHECK(cpu::Bf16Readout::packed_bytes(1, 1) == 6 * 4);
}
