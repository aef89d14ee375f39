// Normalised float32 images for input: the bits of the pixels that they were made of, and what
// becomes of images that are not numbers.
#include <bit>
#include <cmath>
#include <limits>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/planes.h"
#include "engine/backend/reduced/reduced_backend.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::vector<std::size_t> kOrder = {3, 11};

Method normalised(Precision precision) {
  Method method = precision;
  method.input = InputKind::kNormalised;
  return method;
}

// Two outputs of a few rows each: few enough to be folded.
Request two_means(const Model& model) {
  Request request = everything(model);
  Reduction reduction;
  reduction.kind = "matrix";
  reduction.names = {"a", "b"};
  reduction.begin = {0, 3, 8};
  for (std::uint32_t k = 0; k < 8; ++k) {
    reduction.row.push_back(3 * k);
    reduction.weight.push_back(0.125 * k);
  }
  request.columns = 2;
  request.reduction = std::make_shared<const Reduction>(std::move(reduction));
  return request;
}

}  // namespace

TEST_CASE("normalised floats give the bits of their pixels in every precision, folded too") {
  const ConvertedModel model("multihead_zip");
  Request spread = everything(*model);
  spread.columns = 1000;
  for (const std::uint32_t row : spread.rows) spread.positions.push_back(3 * row + 1);
  const auto bits = [](const std::vector<std::vector<float>>& all) {
    std::vector<std::uint32_t> each;
    for (const auto& target : all) {
      for (const float value : target) each.push_back(std::bit_cast<std::uint32_t>(value));
    }
    return each;
  };
  for (const kernels::cpu::Isa isa : kernels::cpu::available_isas()) {
    const auto backend = cpu::open_cpu_backend(2, isa);
    for (const Precision precision : {Precision::kFp32, Precision::kFp32Strict, Precision::kBf16}) {
      if (precision == Precision::kBf16 && !kernels::cpu::bf16_available(isa)) continue;
      INFO(kernels::cpu::to_string(isa) << " " << to_string(precision));
      for (const Request& request : {spread, two_means(*model)}) {
        const auto expected = bits(run(*backend, *model, request, kOrder, 2, precision));
        CHECK(bits(run(*backend, *model, request, kOrder, 1, normalised(precision))) == expected);
      }
    }
  }
}

TEST_CASE("what stands before a device passes normalised images on") {
  const ConvertedModel model("tiny_zip");
  Request request = everything(*model);
  const auto expected = run(*open_backend({"cpu"}), *model, request, kOrder, 2);
  const Method method = normalised(Precision::kFp32);
  CHECK(run(*open_backend({"check:cpu,cpu"}), *model, request, kOrder, 2, method) == expected);
  const auto reduced = with_reductions(cpu::open_cpu_backend(1), false, 1);
  request = two_means(*model);
  CHECK(run(*reduced, *model, request, kOrder, 2, method) ==
        run(*reduced, *model, request, kOrder, 2));
}

TEST_CASE("normalised images that are not numbers have no responses, and their neighbours have") {
  const ConvertedModel model("tiny_zip");
  const float bad =
      GENERATE(std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity());
  const auto backend = cpu::open_cpu_backend(2);
  for (const Request& request : {everything(*model), two_means(*model)}) {
    const auto expected = run(*backend, *model, request, {0, 0, 0}, 3);
    const auto program = backend->compile(*model, request, 3, normalised(Precision::kFp32));
    for (std::size_t n = 0; n < 3; ++n) {
      put_photograph(0, InputKind::kNormalised, program->input(1), n);
    }
    planes_of(program->input(1), 1)[kImageValues - 1] = bad;
    program->submit(1, 3);
    const Responses responses = program->wait(1);
    for (std::size_t t = 0; t < expected.size(); ++t) {
      for (std::size_t k = 0; k < 3 * responses.columns; ++k) {
        const float got = responses.targets[t][k];
        REQUIRE((k / responses.columns == 1 ? std::isnan(got) : got == expected[t][k]));
      }
    }
    // The slot is as good as new.
    put_photograph(0, InputKind::kNormalised, program->input(1), 1);
    program->submit(1, 3);
    CHECK(std::equal(expected[0].begin(), expected[0].end(), program->wait(1).targets[0]));
  }
}

TEST_CASE("the step that takes normalised images is checked, timed and planned for") {
  const ConvertedModel model("tiny_zip");
  const auto backend = cpu::open_cpu_backend(1);
  const Request request = everything(*model);
  const Method method = normalised(Precision::kFp32);
  const auto checks = backend->selftest(*model, request, 2, method);
  const auto pixels = backend->selftest(*model, request, 2, Precision::kFp32);
  REQUIRE(checks.size() == pixels.size());
  CHECK(checks[0].step == "planes to pixels");
  CHECK(checks[0].values == pixels[0].values);
  for (std::size_t k = 0; k < checks.size(); ++k) {
    CHECK(checks[k].passed());
    // Noise is the same images in both.
    CHECK(checks[k].rms_error == pixels[k].rms_error);
  }
  CHECK(backend->measure(*model, request, 1, method, 1)[0].bytes == 8.0 * kImageValues);
  CHECK(backend->planned_memory(*model, request, 4, method).host ==
        backend->planned_memory(*model, request, 4, Precision::kFp32).host +
            3 * 4 * (kImageValues * sizeof(float) - kImageBytes));
}
