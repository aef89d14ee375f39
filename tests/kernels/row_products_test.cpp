// CPU, float32: every product within 2e-6 of the sum of its terms' absolute values.
#include "kernels/row_products.h"

#include <cmath>
#include <random>
#include <vector>

#include "kernels/cpu/threads.h"
#include "tests/support/catch.h"

using namespace corticast::kernels;

namespace {

struct Problem {
  std::size_t left_rows, right_rows, length;
  std::vector<float> left, right;

  Problem(std::size_t a, std::size_t b, std::size_t k)
      : left_rows(a), right_rows(b), length(k), left(a * k), right(b * k) {
    std::mt19937 random(static_cast<unsigned>(a + 31 * b + 977 * k));
    std::normal_distribution<float> normal;
    for (float& value : left) value = normal(random);
    for (float& value : right) value = normal(random) + 0.5F;
  }
  RowProducts rows() const { return {left.data(), left_rows, right.data(), right_rows, length}; }
  std::vector<float> run(cpu::Isa isa) const {
    std::vector<float> s(left_rows * right_rows, NAN);
    cpu::row_products(rows(), isa, s.data(), right_rows);
    return s;
  }
};

}  // namespace

TEST_CASE("row products equal their reference on awkward sizes for every instruction set") {
  for (const std::size_t a : {1, 6, 7, 13}) {
    for (const std::size_t b : {1, 63, 65, 257}) {
      for (const std::size_t k : {1, 255, 256, 700}) {
        const Problem problem(a, b, k);
        std::vector<double> expected(a * b), scale(a * b);
        reference::row_products(problem.rows(), expected.data());
        Problem magnitudes = problem;
        for (float& value : magnitudes.left) value = std::abs(value);
        for (float& value : magnitudes.right) value = std::abs(value);
        reference::row_products(magnitudes.rows(), scale.data());
        for (const cpu::Isa isa : cpu::available_isas()) {
          INFO(to_string(isa) << " " << a << " x " << b << " x " << k);
          const std::vector<float> got = problem.run(isa);
          double worst = 0;
          for (std::size_t i = 0; i < got.size(); ++i) {
            worst = std::max(worst, std::abs(static_cast<double>(got[i]) - expected[i]) / scale[i]);
          }
          REQUIRE(worst <= 2e-6);
        }
      }
    }
  }
}

TEST_CASE("a product of rows has the same bits whatever the other rows and the threads") {
  const Problem all(9, 300, 515);
  for (const cpu::Isa isa : cpu::available_isas()) {
    const std::vector<float> together = all.run(isa);
    {
      const cpu::ThreadScope one(1);
      REQUIRE(all.run(isa) == together);
    }
    float alone = 0;
    for (const std::size_t b : {0, 64, 256, 299}) {
      cpu::row_products(
          {all.left.data() + 7 * all.length, 1, all.right.data() + b * all.length, 1, all.length},
          isa, &alone, 1);
      REQUIRE(alone == together[7 * all.right_rows + b]);
    }
  }
}
