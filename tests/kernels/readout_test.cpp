// CPU, float32: every output within 1e-6 of the sum of its terms' absolute values, which is the
// bound that rounding obeys whatever cancels.
#include "kernels/readout.h"

#include "kernels/cpu/buffer.h"
#include "kernels/cpu/threads.h"
#include "tests/kernels/readout_problem.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::kernels;
using namespace corticast::test;

namespace {

constexpr double kTolerance = 1e-6;

struct Problem : ReadoutProblem {
  using ReadoutProblem::ReadoutProblem;

  std::vector<float> run(const std::vector<std::uint32_t>& rows, cpu::Isa isa) const {
    const std::size_t floats = cpu::packed_image_floats(channels, positions, isa);
    kernels::cpu::Buffer packed(images * floats);
    for (std::size_t n = 0; n < images; ++n) {
      cpu::pack_image(x.data() + n * positions * channels, channels, positions, isa,
                      packed.data() + n * floats);
    }
    std::vector<float> y(images * rows.size());
    cpu::readout(weights(), rows, packed.data(), images, isa, y.data(), rows.size());
    return y;
  }
};

}  // namespace

TEST_CASE("the readout equals its reference on awkward sizes for every instruction set") {
  for (const int channels : {1, 7, 16, 63, 64, 65, 131}) {
    for (const int positions : {1, 5, 97, 98, 195}) {
      for (const std::size_t vertices : {1, 5, 7, 49}) {
        const Problem problem(channels, positions, vertices, 2);
        const auto rows = all_rows(vertices);
        const std::vector<double> expected = problem.expected(rows);
        const std::vector<double> scale = problem.magnitudes().expected(rows);
        for (const cpu::Isa isa : cpu::available_isas()) {
          const std::vector<float> got = problem.run(rows, isa);
          INFO(to_string(isa) << " c " << channels << " p " << positions << " v " << vertices);
          double worst = 0;
          for (std::size_t i = 0; i < got.size(); ++i) {
            worst = std::max(worst, std::abs(got[i] - expected[i]) / scale[i]);
          }
          REQUIRE(worst <= kTolerance);
        }
      }
    }
  }
}

TEST_CASE("the readout of real size equals its reference for every instruction set") {
  const Problem problem(384, 676, 13, 1);
  const auto rows = all_rows(13);
  const std::vector<double> expected = problem.expected(rows);
  const std::vector<double> scale = problem.magnitudes().expected(rows);
  for (const cpu::Isa isa : cpu::available_isas()) {
    const std::vector<float> got = problem.run(rows, isa);
    for (std::size_t i = 0; i < got.size(); ++i) {
      REQUIRE(std::abs(got[i] - expected[i]) <= kTolerance * scale[i]);
    }
  }
}

TEST_CASE("a row has the same bits alone, in any selection, batch and thread count") {
  // One thread takes the most rows at a time that a thread can, three take the fewest.
  constexpr std::size_t kVertices = 801;
  for (const cpu::Isa isa : cpu::available_isas()) {
    const Problem problem(72, 98, kVertices, 3);
    const auto full = [&] {
      const cpu::ThreadScope scope(1);
      return problem.run(all_rows(kVertices), isa);
    }();
    for (const std::vector<std::uint32_t>& rows : {all_rows(kVertices),
                                                   std::vector<std::uint32_t>{0},
                                                   {800},
                                                   {47, 48},
                                                   {95, 96, 97},
                                                   {1, 5, 50, 51, 52, 53, 101}}) {
      for (const unsigned threads : {1u, 2u, 3u}) {
        const cpu::ThreadScope scope(threads);
        const std::vector<float> some = problem.run(rows, isa);
        for (std::size_t n = 0; n < 3; ++n) {
          for (std::size_t i = 0; i < rows.size(); ++i) {
            if (some[n * rows.size() + i] == full[n * kVertices + rows[i]]) continue;
            FAIL(to_string(isa) << " threads " << threads << " row " << rows[i]);
          }
        }
      }
    }
    Problem alone = problem;
    alone.images = 1;
    const std::vector<float> first = alone.run(all_rows(kVertices), isa);
    REQUIRE(std::equal(first.begin(), first.end(), full.begin()));
  }
}

TEST_CASE("an all-zero mask outputs exactly the bias") {
  Problem problem(16, 676, 9, 1);
  std::fill_n(problem.spatial.begin() + 4 * 676, 676, 0.0f);
  for (const cpu::Isa isa : cpu::available_isas()) {
    CHECK(problem.run(all_rows(9), isa)[4] == problem.bias[4]);
  }
}
