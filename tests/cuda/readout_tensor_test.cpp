// The tensor-core readout against the double reference on the very numbers that the device holds
// (rounded to the element, and to TF32 where that is multiplied). What is left is the order of
// float32 sums: every output within 2e-6 of the sum of its terms' absolute values, in float16,
// bfloat16 and TF32 alike, on every card.
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "kernels/cuda/kernels.h"
#include "kernels/cuda/readout_tensor_plan.h"
#include "kernels/readout.h"
#include "tests/cuda/cards.h"
#include "tests/cuda/formats.h"
#include "tests/cuda/traffic.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;
using kernels::cuda::Card;
using kernels::cuda::Element;
namespace tensor = kernels::cuda::tensor;

namespace {

constexpr double kTolerance = 2e-6;

struct Playing {
  std::string name;
  Card card;
  std::vector<Element> elements;
};
// As the profiles say. Four multiprocessors: the schedule is tested by itself.
const std::vector<Element> kAll = {Element::kFloat16, Element::kBfloat16, Element::kFloat32};
const Playing kT4{"t4", {75, 4, 65536}, {Element::kFloat16}};
const Playing kA100{"a100", {80, 4, 166912}, kAll};
const Playing kRtx4090{"rtx4090", {89, 4, 101376}, kAll};
const Playing kH100{"h100", {90, 4, 232448}, kAll};
const std::vector<Playing> kPlayings = {kT4, kA100, kRtx4090, kH100};

// What the tensor cores make of a float32: 10 bits of fraction, halves away from zero.
float to_tf32(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits = (bits + 0x1000u) & ~0x1fffu;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

class Problem {
 public:
  Problem(Element of, std::size_t n, std::size_t v, int p, int c)
      : images(n), rows(v), positions(p), channels(c), element(of) {
    Random random(n * 7919 + v * 1009 + static_cast<std::size_t>(p * 31 + c));
    spatial = rounded(random.floats(v * length()));
    features = rounded(random.floats(v * width()));
    bias = random.floats(v);
    x = rounded(random.floats(n * length() * width()));
  }

  std::size_t images, rows;
  int positions, channels;
  Element element;
  std::vector<float> spatial, features, bias, x;

  std::size_t length() const { return static_cast<std::size_t>(positions); }
  std::size_t width() const { return static_cast<std::size_t>(channels); }

  // Of the sums, or of the absolute values of their terms.
  std::vector<double> expected(bool magnitudes) const {
    const auto operand = [&](std::vector<float> values, bool multiplied) {
      for (float& value : values) {
        if (multiplied && element == Element::kFloat32) value = to_tf32(value);
        if (magnitudes) value = std::abs(value);
      }
      return values;
    };
    const std::vector<float> s = operand(spatial, true);
    const std::vector<float> f = operand(features, false);
    const std::vector<float> b = operand(bias, false);
    const std::vector<float> in = operand(x, true);
    std::vector<std::uint32_t> all(rows);
    std::iota(all.begin(), all.end(), 0u);
    std::vector<double> y(images * rows);
    kernels::reference::readout({channels, positions, s.data(), f.data(), b.data()}, all, in.data(),
                                images, y.data());
    return y;
  }

  // The first `count` images on that card.
  std::vector<float> run(std::size_t count, const Card& card) const {
    const auto padded = static_cast<std::size_t>(kernels::cuda::padded_positions(positions));
    std::vector<float> masks(rows * padded);
    for (std::size_t r = 0; r < rows; ++r) {
      std::copy_n(spatial.begin() + at(r * length()), length(), masks.begin() + at(r * padded));
    }
    std::vector<float> in(count * padded * width());
    for (std::size_t n = 0; n < count; ++n) {
      std::copy_n(x.begin() + at(n * length() * width()), length() * width(),
                  in.begin() + at(n * padded * width()));
    }
    const OnDevice<std::uint8_t> s(bytes(masks));
    const OnDevice<std::uint8_t> f(bytes(features));
    const OnDevice<float> b(bias);
    const OnDevice<std::uint8_t> i(bytes(in));
    const OnDevice<float> y(count * rows);
    REQUIRE(kernels::cuda::readout_tensor({count, rows, positions, channels, card.multiprocessors},
                                          card, element, s.get(), f.get(), b.get(), i.get(),
                                          y.get(), nullptr) == cudaSuccess);
    return y.read();
  }

 private:
  static std::ptrdiff_t at(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }
  std::vector<std::uint8_t> bytes(const std::vector<float>& values) const {
    return stored(format_of(element), std::vector<double>(values.begin(), values.end()));
  }
  std::vector<float> rounded(std::vector<float> values) const {
    const Format format = format_of(element);
    for (float& value : values) value = static_cast<float>(round_to(format, value));
    return values;
  }
};

void check_readout(const Playing& playing, const Problem& problem) {
  INFO(playing.name << ", " << name_of(problem.element) << ", " << problem.images << " images, "
                    << problem.rows << " rows, " << problem.positions << " positions, "
                    << problem.channels << " channels, " << playing.card.shared_bytes_per_block
                    << " bytes of shared memory");
  const std::vector<double> expected = problem.expected(false);
  const std::vector<double> scale = problem.expected(true);
  const std::vector<float> got = problem.run(problem.images, playing.card);
  REQUIRE(got.size() == expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(static_cast<double>(got[i]) - expected[i]) / scale[i];
    worst = error <= worst ? worst : error;  // a NaN stays
  }
  CHECK(worst <= kTolerance);
}

}  // namespace

TEST_CASE("the tensor-core readout equals its reference on awkward sizes") {
  for (const Playing& playing : kPlayings) {
    play(playing.name);
    for (const Element element : playing.elements) {
      for (const int channels : {8, 16, 24, 96, 104, 384, 392}) {
        check_readout(playing, Problem(element, 2, 3, 70, channels));
      }
      for (const std::size_t rows : {1u, 63u, 64u, 65u, 127u, 129u, 200u}) {
        check_readout(playing, Problem(element, 1, rows, 20, 16));
      }
      for (const std::size_t images : {1u, 2u, 3u, 5u, 17u}) {
        check_readout(playing, Problem(element, images, 70, 30, 8));
      }
      for (const int positions : {1, 15, 16, 17, 63, 64, 65, 137}) {
        check_readout(playing, Problem(element, 2, 5, positions, 24));
      }
    }
    check_clean();
  }
}

TEST_CASE("the tensor-core readout equals its reference on a full image") {
  for (const Playing& playing : kPlayings) {
    play(playing.name);
    for (const Element element : playing.elements) {
      check_readout(playing, Problem(element, 2, 40, 676, 384));
    }
    check_clean();
  }
}
