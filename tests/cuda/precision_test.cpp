// Every precision and both readouts of the CUDA backend, on simulated cards.
#include <cmath>

#include "engine/backend/cuda/cuda_backend.h"
#include "tests/cuda/cards.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::vector<std::size_t> kOrder = {3, 11, 0, 18, 7};

Method method_of(Precision precision, ReadoutMethod readout) {
  Method method = precision;
  method.readout = readout;
  return method;
}

std::vector<Precision> precisions_of(const std::string& card) {
  if (card == "t4") return {Precision::kFp32, Precision::kFp32Strict, Precision::kFp16};
  return {Precision::kFp32, Precision::kFp32Strict, Precision::kTf32, Precision::kFp16,
          Precision::kBf16};
}

void check_goldens_on(const std::string& card) {
  for (const Precision precision : precisions_of(card)) {
    if (precision == Precision::kFp32) continue;  // in program_test.cpp
    play(card);
    {
      const auto backend = cuda::open_cuda_backend(0);
      check_against_goldens("multihead_zip", "out_multihead_zip", *backend,
                            method_of(precision, ReadoutMethod::kFused), 5);
      check_against_goldens("tiny_zip", "out_tiny", *backend,
                            method_of(precision, ReadoutMethod::kGemm), 3);
    }
    check_clean();
  }
}

// Relative L2 distance, each element where both are finite.
double distance_of(const std::vector<std::vector<float>>& a,
                   const std::vector<std::vector<float>>& b) {
  double difference = 0;
  double size = 0;
  for (std::size_t t = 0; t < a.size(); ++t) {
    for (std::size_t i = 0; i < a[t].size(); ++i) {
      difference += std::pow(static_cast<double>(a[t][i]) - static_cast<double>(b[t][i]), 2);
      size += std::pow(static_cast<double>(b[t][i]), 2);
    }
  }
  return std::sqrt(difference / size);
}

}  // namespace

TEST_CASE("every precision of a T4 gives the goldens within its bound") {
  check_goldens_on("t4");
}

TEST_CASE("every precision of an A100 gives the goldens within its bound") {
  check_goldens_on("a100");
}

TEST_CASE("every precision of an H100 gives the goldens within its bound") {
  check_goldens_on("h100");
}

TEST_CASE("in every precision and readout a row's bits depend on its image alone") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  play("a100");
  const auto backend = cuda::open_cuda_backend(0);
  for (const Precision precision : precisions_of("a100")) {
    for (const ReadoutMethod readout : {ReadoutMethod::kFused, ReadoutMethod::kGemm}) {
      INFO(to_string(precision) << ", " << to_string(readout));
      const Method method = method_of(precision, readout);
      const auto expected = run(*backend, *model, request, kOrder, 3, method);  // 3, and 2 of 3
      const auto reversed = run(*backend, *model, request, {7, 18, 0, 11, 3}, 3, method);
      for (std::size_t t = 0; t < expected.size(); ++t) {
        for (std::size_t n = 0; n < 5; ++n) {
          const auto* from = expected[t].data() + n * request.columns;
          const auto* to = reversed[t].data() + (4 - n) * request.columns;
          REQUIRE(std::equal(from, from + request.columns, to));
        }
      }
      const auto other = run(*backend, *model, request, kOrder, 2, method);
      CHECK(distance_of(other, expected) <= golden_bound(precision).relative_l2);
    }
  }
  check_clean();
}

TEST_CASE("the two readouts agree up to rounding") {
  const ConvertedModel model("multihead_zip");
  const Request request = everything(*model);
  play("h100");
  const auto backend = cuda::open_cuda_backend(0);
  for (const Precision precision : precisions_of("h100")) {
    INFO(to_string(precision));
    const auto fused =
        run(*backend, *model, request, {2}, 1, method_of(precision, ReadoutMethod::kFused));
    const auto gemm =
        run(*backend, *model, request, {2}, 1, method_of(precision, ReadoutMethod::kGemm));
    // Operands are the same numbers, sums float32 in different orders.
    CHECK(distance_of(fused, gemm) <= 2e-6);
  }
  check_clean();
}

TEST_CASE("a precision the card lacks is refused, with those it has") {
  const ConvertedModel model("tiny_zip");
  play("t4");
  const auto backend = cuda::open_cuda_backend(0);
  for (const Precision precision : {Precision::kTf32, Precision::kBf16}) {
    try {
      backend->compile(*model, everything(*model), 1, precision);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kDevice);
      CHECK_THAT(error.what(), Catch::Matchers::Contains(to_string(precision)));
      CHECK_THAT(error.hint(), Catch::Matchers::Contains("fp16"));
    }
  }
}
