// --precision bf16 on the CPU: the core in float32, masks and feature maps of the readouts in bf16.
#include "tests/support/bf16.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "kernels/readout_bf16.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr Precision kBf16 = Precision::kBf16;
const std::vector<std::size_t> kOrder = {3, 11, 0, 18, 7};

}  // namespace

TEST_CASE("bf16 readouts give the float64 goldens within bf16's bound") {
  if (!bf16_can_run()) return;
  const auto backend = open_backend({"cpu"});
  check_against_goldens("multihead_zip", "out_multihead_zip", *backend, kBf16, 4);
  check_against_goldens("singlehead_zip", "out_singlehead_zip", *backend, kBf16, 4);
  check_against_goldens("tiny_zip", "out_tiny", *backend, kBf16, 4);
}

// CPU, bf16 against float32: two factors rounded to 8 bits, 2.3e-3 at most where errors are
// independent.
TEST_CASE("bf16 readouts differ from float32 ones by their rounding") {
  if (!bf16_can_run()) return;
  const ConvertedModel model("multihead_zip");
  const auto backend = open_backend({"cpu"});
  const Request request = everything(*model);
  const auto exact = run(*backend, *model, request, kOrder, 5);
  const auto coarse = run(*backend, *model, request, kOrder, 5, kBf16);
  for (std::size_t t = 0; t < exact.size(); ++t) {
    const std::vector<double> expected(exact[t].begin(), exact[t].end());
    const Distance error = distance(coarse[t].data(), expected.data(), expected.size());
    CHECK(error.relative_l2 <= 4e-3);
    CHECK(error.relative_l2 >= 1e-5);
  }
}

TEST_CASE("in bf16, too, rows have the same bits at any batch size, selection and thread count") {
  if (!bf16_can_run()) return;
  const ConvertedModel model("multihead_zip");
  const Request request = everything(*model);
  const auto expected = run(*cpu::open_cpu_backend(1), *model, request, kOrder, 5, kBf16);
  for (const unsigned threads : {1u, 2u, 3u}) {
    CHECK(run(*cpu::open_cpu_backend(threads), *model, request, kOrder, 2, kBf16) == expected);
  }
  Request some = request;
  some.targets = {request.targets[1]};
  some.rows = {0, 1, 5, 48, 97, 98, 299};
  some.columns = 9;
  some.positions = {0, 1, 2, 3, 4, 5, 8};
  const auto selected = run(*cpu::open_cpu_backend(2), *model, some, kOrder, 3, kBf16);
  for (std::size_t n = 0; n < kOrder.size(); ++n) {
    for (std::size_t i = 0; i < some.rows.size(); ++i) {
      REQUIRE(selected[0][n * 9 + some.positions[i]] == expected[1][n * 300 + some.rows[i]]);
    }
  }
}

TEST_CASE("bf16 steps vouch for themselves, say what they are, and their masks are planned for") {
  if (!bf16_can_run()) return;
  const ConvertedModel model("multihead_zip");
  const auto backend = cpu::open_cpu_backend(2);
  const Request request = everything(*model);
  const auto checks = backend->selftest(*model, request, 2, kBf16);
  for (const StepCheck& check : checks) {
    INFO(check.step << ": rms " << check.rms_error);
    CHECK(check.passed());
  }
  CHECK(checks.back().rms_error > 1e-5);  // what rounding costs is not hidden
  CHECK(checks.back().rms_error < 4e-3);
  CHECK(checks.back().step == "readout: readout in bf16, 300 vertices");
  const auto times = backend->measure(*model, request, 1, kBf16, 1);
  CHECK(times[times.size() - 1 - request.targets.size()].step == "pack in bf16 for the readouts");

  const int channels = model->info().channels;
  const std::size_t fp32_image =
      kernels::cpu::packed_image_floats(channels, 676, kernels::cpu::available_isas().back());
  const std::size_t bf16_image = kernels::cpu::packed_image_words(channels, 676);
  const std::uint64_t masks = kernels::cpu::Bf16Readout::packed_bytes(676, 300);
  const std::uint64_t fp32 = backend->planned_memory(*model, request, 3, {}).host;
  const std::uint64_t bf16 = backend->planned_memory(*model, request, 3, kBf16).host;
  CHECK(bf16 + 3 * fp32_image * 4 == fp32 + 3 * bf16_image * 4 + request.targets.size() * masks);
}

TEST_CASE("bf16 is refused where the instructions for it are missing or not to be used") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  for (const kernels::cpu::Isa isa : kernels::cpu::available_isas()) {
    if (kernels::cpu::bf16_available(isa)) continue;
    const auto backend = cpu::open_cpu_backend(1, isa);
    CHECK_THROWS_AS(backend->planned_memory(*model, request, 1, kBf16), Error);
    CHECK_THROWS_AS(backend->selftest(*model, request, 1, kBf16), Error);
    try {
      backend->compile(*model, request, 1, kBf16);
      FAIL("compiled for " << to_string(isa));
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kDevice);
      CHECK_THAT(error.what(), contains("AVX512-BF16") && contains(to_string(isa)));
    }
  }
}
