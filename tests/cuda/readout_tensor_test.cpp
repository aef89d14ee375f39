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

TEST_CASE("masks that do not fit in shared memory take turns") {
  for (const Playing& playing : kPlayings) {
    Playing small = playing;
    const bool turing = playing.card.compute_capability == 75;
    small.card.shared_bytes_per_block = turing ? 50000 : 90000;
    const auto pieces = tensor::plan(turing ? tensor::kTuring : tensor::kWide, 400,
                                     small.card.shared_bytes_per_block);
    REQUIRE(pieces);
    CHECK(pieces->stretch_atoms < pieces->atoms);
    play(playing.name);
    for (const Element element : playing.elements) {
      check_readout(small, Problem(element, 3, 70, 400, 40));
      check_readout(small, Problem(element, 1, 5, 400, 392));  // and the features, too
    }
    check_clean();
  }
}

TEST_CASE("the tensor-core readout has the same bits in any batch, on any number of processors") {
  for (const Playing& playing : kPlayings) {
    play(playing.name);
    for (const Element element : playing.elements) {
      const Problem problem(element, 5, 200, 40, 24);
      Card card = playing.card;
      card.multiprocessors = 1;
      const std::vector<float> all = problem.run(5, card);
      for (const std::size_t count : {1u, 2u, 3u, 5u}) {
        for (const int multiprocessors : {1, 2, 3, 5, 108}) {
          INFO(playing.name << ", " << name_of(element) << ", " << count << " images, "
                            << multiprocessors << " multiprocessors");
          card.multiprocessors = multiprocessors;
          const std::vector<float> some = problem.run(count, card);
          REQUIRE(some.size() == count * problem.rows);
          CHECK(std::equal(some.begin(), some.end(), all.begin()));
        }
      }
    }
    check_clean();
  }
}

TEST_CASE("what is not a number in an image stays in that image's outputs") {
  for (const Playing& playing : kPlayings) {
    play(playing.name);
    for (const Element element : playing.elements) {
      Problem problem(element, 3, 66, 70, 16);
      const std::vector<float> clean = problem.run(3, playing.card);
      const auto image = static_cast<std::ptrdiff_t>(problem.length() * problem.width());
      std::fill(problem.x.begin() + image, problem.x.begin() + 2 * image,
                std::numeric_limits<float>::quiet_NaN());
      const std::vector<float> got = problem.run(3, playing.card);
      INFO(playing.name << ", " << name_of(element));
      CHECK(std::equal(got.begin(), got.begin() + 66, clean.begin()));
      CHECK(std::all_of(got.begin() + 66, got.begin() + 132,
                        [](float value) { return std::isnan(value); }));
      CHECK(std::equal(got.begin() + 132, got.end(), clean.begin() + 132));
    }
    check_clean();
  }
}

TEST_CASE("the tensor-core readout loads masks and features once per batch") {
  struct Case {
    Playing playing;
    Element element;
    std::size_t tiles;  // of 66 rows
    std::size_t turns;  // stretches x passes
  };
  const std::vector<Case> cases = {
      {kT4, Element::kFloat16, 2, 3},      {kA100, Element::kFloat16, 2, 1},
      {kA100, Element::kFloat32, 2, 2},    {kRtx4090, Element::kFloat16, 2, 2},
      {kRtx4090, Element::kFloat32, 2, 4}, {kH100, Element::kFloat16, 1, 2},
      {kH100, Element::kFloat32, 2, 2},
  };
  for (const auto& [playing, element, tiles, turns] : cases) {
    INFO(playing.name << ", " << name_of(element));
    constexpr std::size_t kImages = 3, kRows = 66, kChannels = 384;
    const std::size_t bytes = kernels::cuda::bytes_of(element);
    // Of 704 in memory as many as it takes for 676: atoms of 16, or of 8 in TF32.
    const std::size_t positions = element == Element::kFloat32 ? 680 : 688;
    Card card = playing.card;
    card.multiprocessors = 1;
    play(playing.name);
    Problem(element, kImages, kRows, 676, kChannels).run(kImages, card);
    const std::size_t weights = kRows * (positions + kChannels) * bytes;
    const std::size_t images = tiles * kImages * positions * kChannels * bytes;
    // The bias once an image, and what it is added to in every later turn.
    const std::size_t outputs = kImages * kRows * 4;
    const Traffic traffic = traffic_of("tensor::");
    CHECK(traffic.loaded == weights + images + outputs * turns);
    CHECK(traffic.stored == outputs * turns);
    CHECK(100 * weights <= 115 * kRows * (676 + kChannels) * bytes);
    check_clean();
  }
}

TEST_CASE("the tensor-core readout refuses a card that cannot run it") {
  play("t4");
  const kernels::cuda::ReadoutShape shape{1, 1, 676, 384, 1};
  const OnDevice<float> some(1);
  const auto run = [&](const Card& card, Element element) {
    return kernels::cuda::readout_tensor(shape, card, element, some.get(), some.get(), some.get(),
                                         some.get(), some.get(), nullptr);
  };
  CHECK(run(kT4.card, Element::kBfloat16) == cudaErrorInvalidValue);
  CHECK(run(kT4.card, Element::kFloat32) == cudaErrorInvalidValue);
  CHECK(run({70, 80, 98304}, Element::kFloat16) == cudaErrorInvalidValue);
  CHECK(run({75, 40, 16384}, Element::kFloat16) == cudaErrorInvalidValue);
  CHECK(run({80, 108, 16384}, Element::kFloat32) == cudaErrorInvalidValue);
  check_clean();
}

TEST_CASE("the pieces of the tensor-core readout fit each class of cards") {
  struct Case {
    const char* name;
    const tensor::Tile& tile;
    std::size_t shared;
    int stretches, stages;
  };
  const std::vector<Case> cases = {
      {"64 KB", tensor::kTuring, 65536, 3, 2},      {"163 KB", tensor::kWide, 166912, 1, 3},
      {"99 KB", tensor::kWide, 101376, 2, 2},       {"227 KB", tensor::kTall, 232448, 1, 4},
      {"163 KB", tensor::kWideFloat, 166912, 2, 3}, {"99 KB", tensor::kWideFloat, 101376, 4, 2},
      {"227 KB", tensor::kWideFloat, 232448, 2, 3},
  };
  for (const Case& c : cases) {
    INFO(c.name << ", " << c.tile.element_bytes << "-byte elements, " << c.tile.rows << " rows");
    const auto got = tensor::plan(c.tile, 676, c.shared);
    REQUIRE(got);
    CHECK((got->atoms + got->stretch_atoms - 1) / got->stretch_atoms == c.stretches);
    CHECK(got->stages == c.stages);
    CHECK(got->shared_bytes <= c.shared);
    CHECK(got->spatial_pitch / 16 % 2 == 1);  // else rows share banks
  }
  CHECK_FALSE(tensor::plan(tensor::kTall, 676, 166912));
}

TEST_CASE("tiles that do not fill a round are split, at the price of an eighth more weights") {
  struct Case {
    const tensor::Tile& tile;
    int multiprocessors;
    std::size_t blocks;
  };
  // 57,051 rows, 16 images; computed by hand: tiles, rounds, rest x groups.
  const std::vector<Case> cases = {
      {tensor::kTuring, 40, 880 + 12 * 3},    // T4: 892 tiles
      {tensor::kWide, 108, 864 + 28 * 3},     // A100
      {tensor::kWide, 128, 768 + 124 * 1},    // RTX 4090
      {tensor::kTall, 132, 396 + 50 * 2},     // H100: 446 tiles
      {tensor::kTall, 148, 444 + 2 * 16},     // B200: all images by themselves
      {tensor::kWideFloat, 58, 870 + 22 * 2}  // L4
  };
  for (const Case& c : cases) {
    INFO(c.tile.rows << " rows, " << c.multiprocessors << " multiprocessors");
    const tensor::Schedule got = tensor::schedule(c.tile, 57051, 16, c.multiprocessors);
    CHECK(got.blocks == c.blocks);
    const std::size_t tiles =
        (57051 + static_cast<std::size_t>(c.tile.rows) - 1) / static_cast<std::size_t>(c.tile.rows);
    // A block reads the weights of its tile once; 704 positions where 676 are needed.
    CHECK(static_cast<double>(got.blocks) / static_cast<double>(tiles) * (688.0 + 384) /
              (676 + 384) <=
          1.15);
    CHECK(got.groups * got.images_per_group >= 16);
    CHECK((got.groups - 1) * got.images_per_group < 16);
  }
  // Fewer tiles than multiprocessors: as many groups as fill them.
  CHECK(tensor::schedule(tensor::kWide, 640, 16, 108).blocks == 80);  // 10 x 8: pairs of images
  CHECK(tensor::schedule(tensor::kWide, 640, 1, 108).blocks == 10);
  CHECK(tensor::schedule(tensor::kWide, 640, 16, 1).blocks == 10);
}
