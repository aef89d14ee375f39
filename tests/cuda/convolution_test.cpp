// Which engines of cuDNN a precision allows, and batches that are run in pieces.
#include "engine/backend/cuda/cudnn/convolution.h"

#include <random>

#include "engine/backend/cuda/cudnn/engine_rules.h"
#include "engine/backend/cuda/device.h"
#include "tests/cuda/cards.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::cuda;
using namespace corticast::test;

namespace {

const std::vector<Precision> kPrecisions = {Precision::kFp32, Precision::kFp32Strict,
                                            Precision::kTf32, Precision::kFp16, Precision::kBf16};

Numerics numerics(Precision precision) {
  Device device{};
  device.compute_capability = 80;
  return numerics_of(precision, device);
}

bool allows(Precision precision, cudnnBackendNumericalNote_t note) {
  return keeps_promise(numerics(precision),
                       std::vector{CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP, note});
}

// Numbers between 0.1 and 2, of either sign, in every format: the upper bytes of a float16 or
// bfloat16 or of both halves of a float32.
std::vector<std::uint16_t> values(const ConvolutionProblem& problem, std::size_t count) {
  const bool half = problem.numerics.element == kernels::cuda::Element::kFloat16;
  const std::uint32_t low = half ? 0x2e66 : 0x3dcd;
  constexpr std::uint32_t high = 0x4000;
  std::mt19937 random(7);
  std::vector<std::uint16_t> bits(count * problem.numerics.bytes() / 2);
  for (std::uint16_t& value : bits) {
    const auto number = static_cast<std::uint32_t>(random());
    value = static_cast<std::uint16_t>(low + number % (high - low));
    value = static_cast<std::uint16_t>(value | (number >> 31) << 15);
  }
  return bits;
}

std::vector<std::uint16_t> run(const ConvolutionProblem& problem, std::size_t images_at_a_time) {
  const CudnnHandle handle;
  Search search;
  ConvolutionProblem piece = problem;
  piece.images = images_at_a_time;
  Convolution convolution(problem, choose_plan(handle, piece, search));
  const kernels::Conv2dShape& shape = problem.shape;
  const auto channels = static_cast<std::size_t>(shape.out_channels);
  const auto taps = static_cast<std::size_t>(shape.in_channels * shape.kernel * shape.kernel);
  const std::size_t bytes = problem.numerics.bytes();
  const OnDevice<std::uint16_t> x(values(problem, problem.images * problem.in_bytes() / bytes));
  const OnDevice<std::uint16_t> weight(values(problem, channels * taps));
  const OnDevice<std::uint16_t> bias(values(problem, channels));
  const OnDevice<std::uint16_t> y(problem.images * problem.out_bytes() / 2);
  const OnDevice<std::byte> workspace(convolution.workspace_bytes() + 1);
  convolution.bind(x.get(), weight.get(), bias.get(), y.get(), workspace.get());
  convolution.run(handle);
  return y.read();
}

}  // namespace

TEST_CASE("a precision allows the engines that keep its promise") {
  for (const Precision precision : kPrecisions) {
    INFO(to_string(precision));
    const bool fp32 = precision == Precision::kFp32 || precision == Precision::kFp32Strict;
    CHECK(keeps_promise(numerics(precision), {}));
    CHECK(allows(precision, CUDNN_NUMERICAL_NOTE_TENSOR_CORE) == !fp32);
    for (const auto note :
         {CUDNN_NUMERICAL_NOTE_WINOGRAD, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4,
          CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13}) {
      CHECK(allows(precision, note) == (precision == Precision::kFp32));
    }
    for (const auto note : {CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS,
                            CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION,
                            CUDNN_NUMERICAL_NOTE_FFT, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC}) {
      CHECK_FALSE(allows(precision, note));
    }
  }
}

TEST_CASE("a card without a precision says which it has") {
  Device turing{};
  turing.name = "a T4";
  turing.compute_capability = 75;
  CHECK(numerics_of(Precision::kFp16, turing).input_channels == 8);
  CHECK(numerics_of(Precision::kFp32, turing).layout == Layout::kPlanes);
  for (const Precision missing : {Precision::kTf32, Precision::kBf16}) {
    CHECK_THROWS_WITH(numerics_of(missing, turing), "a T4 (compute capability 7.5) has no " +
                                                        to_string(missing) + ", which takes 8.0");
  }
}

TEST_CASE("a batch run in pieces gives the bits of the whole") {
  play("a100");
  for (const Precision precision : kPrecisions) {
    INFO(to_string(precision));
    const ConvolutionProblem problem{{16, 24, 3, 1, 9, 7}, 5, numerics(precision)};
    const std::vector<std::uint16_t> whole = run(problem, 5);
    REQUIRE(whole.size() == 5 * problem.out_bytes() / 2);
    CHECK(run(problem, 2) == whole);  // the last piece reaches back
    CHECK(run(problem, 1) == whole);
  }
  check_clean();
}
