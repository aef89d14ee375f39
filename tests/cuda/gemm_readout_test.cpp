// The readout by matrix products on simulated cards: products are the cuBLAS stand-in's, the
// reduction is the kernel that ships. Errors are measured in units of the sum of the terms'
// absolute values: 1e-6 on any card in float32, float16 and bfloat16, whose inputs are exact here;
// 1e-3 in TF32, which rounds both factors to 11 bits.
#include "engine/backend/cuda/steps/gemm_readout_step.h"

#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include "engine/backend/cuda/stream.h"
#include "kernels/readout.h"
#include "tests/cuda/cards.h"
#include "tests/cuda/formats.h"
#include "tests/cuda_sim/libraries/cublas.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::test;

namespace {

using cuda::Layout;
using cuda::Numerics;
using kernels::cuda::Element;

const Numerics kFp32 = {Precision::kFp32, Element::kFloat32, Layout::kPlanes, 3, 1e-6};
const Numerics kTf32 = {Precision::kTf32, Element::kFloat32, Layout::kChannelsLast, 8, 1e-3};
const Numerics kFp16 = {Precision::kFp16, Element::kFloat16, Layout::kChannelsLast, 8, 1e-6};
const Numerics kBf16 = {Precision::kBf16, Element::kBfloat16, Layout::kChannelsLast, 8, 1e-6};

double tolerance(const Numerics& numerics) {
  return numerics.precision == Precision::kTf32 ? 1e-3 : 1e-6;
}

std::size_t size(int value) {
  return static_cast<std::size_t>(value);
}

// Operands with masks and images as they are stored, padding included.
struct Problem {
  Numerics numerics;
  std::size_t images, rows;
  int positions, channels;
  std::vector<double> spatial, features, x;
  std::vector<float> bias;

  Problem(const Numerics& how, std::size_t n, std::size_t v, int p, int c)
      : numerics(how), images(n), rows(v), positions(p), channels(c) {
    Random random(n * 7919 + v * 1009 + size(p * 31 + c));
    spatial = padded(random, v, 1);
    features = rounded(random.floats(v * size(c)));
    x = padded(random, n, size(c));
    bias = random.floats(v);
  }

  std::size_t stored_positions() const {
    return size(numerics.tensor_cores() ? (positions + 63) / 64 * 64 : positions);
  }
  // Image n of this becomes image i.
  Problem with_images(const std::vector<std::size_t>& order) const {
    Problem other = *this;
    const std::size_t length = x.size() / images;
    other.images = order.size();
    other.x.clear();
    for (const std::size_t n : order) {
      const auto first = x.begin() + static_cast<std::ptrdiff_t>(n * length);
      other.x.insert(other.x.end(), first, first + static_cast<std::ptrdiff_t>(length));
    }
    return other;
  }
  std::vector<double> expected() const { return reference(spatial, features, bias, x); }
  // Of every output, the sum of its terms' absolute values.
  std::vector<double> magnitudes() const {
    std::vector<float> positive = bias;
    for (float& value : positive) value = std::abs(value);
    return reference(absolute(spatial), absolute(features), positive, absolute(x));
  }

 private:
  std::vector<double> rounded(const std::vector<float>& values) const {
    const Format format = format_of(numerics.element);
    std::vector<double> all;
    for (const float value : values) all.push_back(round_to(format, static_cast<double>(value)));
    return all;
  }
  // [count, stored positions, width], zeros beyond the real positions.
  std::vector<double> padded(Random& random, std::size_t count, std::size_t width) const {
    std::vector<double> all;
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<double> real = rounded(random.floats(size(positions) * width));
      all.insert(all.end(), real.begin(), real.end());
      all.resize((i + 1) * stored_positions() * width);
    }
    return all;
  }
  static std::vector<double> absolute(std::vector<double> values) {
    for (double& value : values) value = std::abs(value);
    return values;
  }
  std::vector<double> reference(const std::vector<double>& s, const std::vector<double>& f,
                                const std::vector<float>& b, const std::vector<double>& in) const {
    const std::vector<float> masks(s.begin(), s.end());
    const std::vector<float> weights(f.begin(), f.end());
    const std::vector<float> pixels(in.begin(), in.end());
    std::vector<std::uint32_t> all(rows);
    std::iota(all.begin(), all.end(), 0u);
    std::vector<double> y(images * rows);
    kernels::reference::readout(
        {channels, static_cast<int>(stored_positions()), masks.data(), weights.data(), b.data()},
        all, pixels.data(), images, y.data());
    return y;
  }
};

// A problem on the current simulated card, and the step that solves it.
class Solver {
 public:
  // packed: into memory of its own; otherwise into the second target's responses.
  Solver(const Problem& problem, std::size_t l2_bytes, bool packed = true,
         cublasMath_t mode = CUBLAS_DEFAULT_MATH)
      : spatial_(stored(format_of(problem.numerics.element), problem.spatial)),
        features_(stored(format_of(problem.numerics.element), problem.features)),
        x_(stored(format_of(problem.numerics.element), problem.x)),
        bias_(problem.bias),
        z_(cuda::gemm_readout_scratch_bytes(problem.images, problem.rows, problem.channels,
                                            l2_bytes) /
           sizeof(float)),
        y_(problem.images * problem.rows),
        workspace_(kWorkspace),
        responses_{nullptr, y_.get()},
        step_(handle_, "sub-01", l2_bytes,
              {problem.numerics, problem.images, problem.rows, problem.positions, problem.channels,
               spatial_.get(), features_.get(), bias_.get(), x_.get()},
              {1, packed ? y_.get() : nullptr}, z_.get()) {
    handle_.bind(stream_.get(), workspace_.get(), kWorkspace);
    cuda_sim::cublas::set_math_mode(handle_.get(), mode);
    cudaDeviceSynchronize();  // what was copied is there
  }

  std::vector<float> run() {
    step_.run(batch());
    stream_.finish("running the step");
    return y_.read();
  }
  cuda::Batch batch() const { return {stream_.get(), nullptr, responses_}; }
  const cuda::GemmReadoutStep& step() const { return step_; }
  float* y() const { return y_.get(); }

 private:
  static constexpr std::size_t kWorkspace = 65536;

  cuda::Stream stream_;
  cuda::CublasHandle handle_;
  OnDevice<std::uint8_t> spatial_;
  OnDevice<std::uint8_t> features_;
  OnDevice<std::uint8_t> x_;
  OnDevice<float> bias_;
  OnDevice<float> z_;
  OnDevice<float> y_;
  OnDevice<std::uint8_t> workspace_;
  std::array<float*, 2> responses_;
  cuda::GemmReadoutStep step_;
};

// The largest error in units of the terms; a NaN stays.
double worst_error(const Problem& problem, const std::vector<float>& got) {
  const std::vector<double> expected = problem.expected();
  const std::vector<double> scale = problem.magnitudes();
  REQUIRE(got.size() == expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(static_cast<double>(got[i]) - expected[i]) / scale[i];
    worst = error <= worst ? worst : error;
  }
  return worst;
}

void check_problem(const std::string& card, const Problem& problem, std::size_t l2_bytes) {
  INFO(card << ", " << to_string(problem.numerics.precision) << ", " << problem.images
            << " images, " << problem.rows << " rows, " << problem.positions << " positions, "
            << problem.channels << " channels");
  CHECK(worst_error(problem, Solver(problem, l2_bytes).run()) <= tolerance(problem.numerics));
}

Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorCode::kInternal, "");
}

// An L2 that holds z of 64 rows of this problem and not of 128.
std::size_t small_l2(const Problem& problem) {
  return 2 * 64 * problem.images * size(problem.channels) * sizeof(float);
}

}  // namespace

TEST_CASE("a stretch fills half of the L2, in whole tiles") {
  // 25 MiB of 32 images of 384 floats: 533 rows. 2 MiB of 16 images: 85. 20 MiB of one: 13,653.
  CHECK(cuda::gemm_readout_stretch(32, 57051, 384, std::size_t{50} << 20) == 512);
  CHECK(cuda::gemm_readout_stretch(16, 57051, 384, std::size_t{4} << 20) == 64);
  CHECK(cuda::gemm_readout_stretch(1, 57051, 384, std::size_t{40} << 20) == 13632);
  // At least one tile, at most all rows.
  CHECK(cuda::gemm_readout_stretch(1000, 57051, 384, std::size_t{4} << 20) == 64);
  CHECK(cuda::gemm_readout_stretch(1, 300, 8, std::size_t{4} << 20) == 300);
  CHECK(cuda::gemm_readout_stretch(1000, 63, 384, 0) == 63);
  CHECK(cuda::gemm_readout_scratch_bytes(32, 57051, 384, std::size_t{50} << 20) ==
        std::uint64_t{32} * 512 * 384 * 4);
  CHECK(cuda::gemm_readout_scratch_bytes(3, 5, 8, std::size_t{50} << 20) == 3 * 5 * 8 * 4);
}

TEST_CASE("the readout by products equals its reference on awkward sizes") {
  for (const std::string& card : kCards) {
    play(card);
    std::vector<Numerics> known = {kFp32, kFp16};
    if (card != "t4") known.insert(known.end(), {kTf32, kBf16});
    for (const Numerics& numerics : known) {
      for (const std::size_t rows : {1u, 64u, 129u}) {
        const Problem problem(numerics, 3, rows, 9, 24);
        check_problem(card, problem, small_l2(problem));
      }
      if (card != "h100") continue;
      const Problem wide(numerics, 1, 67, 676, 384);
      check_problem(card, wide, small_l2(wide));
    }
    check_clean();
  }
}

TEST_CASE("TF32 rounds the factors, float32 never does, whatever the math mode from outside") {
  play("a100");
  for (const cublasMath_t mode : {CUBLAS_DEFAULT_MATH, CUBLAS_TF32_TENSOR_OP_MATH}) {
    const Problem coarse(kTf32, 1, 20, 64, 8);
    CHECK(worst_error(coarse, Solver(coarse, 1 << 20, true, mode).run()) > 1e-5);
    const Problem fine(kFp32, 1, 20, 64, 8);
    CHECK(worst_error(fine, Solver(fine, 1 << 20, true, mode).run()) <= 1e-6);
  }
}

TEST_CASE("an image's responses have the same bits whatever its neighbours and its place") {
  play("h100");
  for (const Numerics& numerics : {kFp32, kTf32, kFp16, kBf16}) {
    const Problem problem(numerics, 4, 70, 12, 16);
    const std::vector<float> all = Solver(problem, small_l2(problem)).run();
    const std::vector<std::size_t> order = {2, 0, 2, 3};
    const std::vector<float> other = Solver(problem.with_images(order), small_l2(problem)).run();
    REQUIRE(other.size() == all.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t v = 0; v < problem.rows; ++v) {
        REQUIRE(other[i * problem.rows + v] == all[order[i] * problem.rows + v]);
      }
    }
  }
  check_clean();
}

TEST_CASE("responses go to the batch's target where the step has no memory of its own") {
  play("a100");
  const Problem problem(kFp32, 2, 65, 10, 8);
  CHECK(Solver(problem, small_l2(problem), false).run() ==
        Solver(problem, small_l2(problem), true).run());
  check_clean();
}

TEST_CASE("every stretch is one product over all images and one reduction, without allocations") {
  play("a100");
  const Problem problem(kFp16, 3, 150, 70, 16);
  Solver solver(problem, small_l2(problem));
  const std::uint64_t allocations = cuda_sim::runtime::totals().device_allocations;
  solver.run();
  CHECK(cuda_sim::runtime::totals().device_allocations == allocations);
  const auto counts = cuda_sim::runtime::counts();
  REQUIRE(counts.count("cuBLAS 16x64x128") == 1);
  const auto& products = counts.at("cuBLAS 16x64x128");
  CHECK(products.launches == 3);  // rows 0, 64 and, to end at 150, 86
  CHECK(products.global_loaded == 3 * 2 * (64 * 128 + 3 * 128 * 16));
  CHECK(products.global_stored == 3 * 4 * (3 * 64 * 16));
  std::uint64_t reductions = 0;
  for (const auto& [name, kernel] : counts) {
    if (name.find("reduce") != std::string::npos) reductions += kernel.launches;
  }
  CHECK(reductions == 3);
}

TEST_CASE("the step checks itself: what it made passes, what was damaged does not") {
  play("a100");
  for (const Numerics& numerics : {kFp32, kTf32, kFp16}) {
    const Problem problem(numerics, 3, 70, 20, 8);
    Solver solver(problem, small_l2(problem));
    const std::vector<float> y = solver.run();
    const StepCheck right = solver.step().verify(solver.batch(), 1000);
    CHECK(right.values == 3 * 70);
    CHECK(right.step == "sub-01: readout (gemm), 70 vertices");
    CHECK(right.passed());
    const float wrong = y.back() * 1.5F + 1;
    REQUIRE(cudaMemcpy(solver.y() + y.size() - 1, &wrong, sizeof(wrong), cudaMemcpyHostToDevice) ==
            cudaSuccess);
    CHECK_FALSE(solver.step().verify(solver.batch(), 1000).passed());
    CHECK_FALSE(solver.step().verify(solver.batch(), 5).passed());  // edges are always looked at
  }
  check_clean();
}

TEST_CASE("the work of a batch counts real positions, and every operand once") {
  play("a100");
  const Problem problem(kFp16, 3, 70, 20, 8);
  const cuda::Work work = Solver(problem, 1 << 20).step().work();
  CHECK(work.flops == 2.0 * 3 * 70 * 8 * (20 + 1));
  CHECK(work.bytes == 2.0 * (70 * (64 + 8) + 3 * 64 * 8) + 4.0 * (70 + 3 * 70));
}

TEST_CASE("what cuBLAS or the device refuses is an error that says so") {
  play("t4");
  const Problem narrow(kBf16, 1, 5, 4, 8);
  Solver solver(narrow, 1 << 20);
  const Error refused = error_of([&] { solver.run(); });
  CHECK(refused.code() == ErrorCode::kDevice);
  CHECK(refused.what() == std::string("cuBLAS failed while multiplying masks and images of sub-01: "
                                      "CUBLAS_STATUS_NOT_SUPPORTED"));
  CHECK_THAT(refused.hint(), contains("--readout fused"));

  play("a100");
  const Problem plain(kFp32, 1, 5, 4, 8);
  Solver second(plain, 1 << 20);
  cuda_sim::runtime::fail_at({cuda_sim::runtime::Failure::Kind::kLaunch, 1});
  const Error failed = error_of([&] { second.run(); });
  CHECK(failed.code() == ErrorCode::kDevice);
  CHECK_THAT(failed.what(), contains("CUDA failed while reading out sub-01"));

  play("a100");
  const Error twelve = error_of([] { Solver(Problem(kFp32, 1, 5, 4, 12), 1 << 20); });
  CHECK(twelve.what() == std::string("readout gemm needs channels in eights, this model has 12"));
  CHECK_THAT(twelve.hint(), contains("--readout fused"));
}
