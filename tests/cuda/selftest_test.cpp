// The selftest of the CUDA backend, on simulated cards: it passes as shipped, and names the step
// that a planted error is in.
#include "engine/backend/cuda/cuda_backend.h"
#include "tests/cuda/cards.h"
#include "tests/cuda_sim/tests/bugs/ptx_edit.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;
using namespace cuda_sim::bugs;

namespace {

// Some rows of one subject, spread over wider rows.
Request scattered(const Model& model) {
  Request request = everything(model);
  request.targets.resize(1);
  request.rows = {0, 1, 2};
  request.positions = {0, 2, 63};
  request.columns = 64;
  return request;
}

Method method_of(Precision precision, ReadoutMethod readout) {
  Method method = precision;
  method.readout = readout;
  return method;
}

void check_passes(const std::string& card, Precision precision, ReadoutMethod readout) {
  INFO(card << ", " << to_string(precision) << ", " << to_string(readout));
  play(card);
  const ConvertedModel model("tiny_zip");
  const auto checks = cuda::open_cuda_backend(0)->selftest(*model, scattered(*model), 2,
                                                           method_of(precision, readout));
  CHECK(checks.size() >= 1 + 8 + 4 + 1 + 1);
  for (const StepCheck& check : checks) {
    INFO(check.step << ": rms " << check.rms_error << ", max " << check.max_error << ", bound "
                    << check.bound);
    CHECK(check.passed());
    CHECK(check.values > 0);
  }
  check_clean();
}

// The steps that fail with the kernel edited.
std::vector<std::string> failed_with(const std::string& kernel, const Edit& edit) {
  int times = 0;
  cuda_sim::runtime::set_ptx_mutation([&](const std::string& ptx) {
    if (!has_kernel(ptx, kernel)) return ptx;
    ++times;
    return edit_kernel(ptx, kernel, {&edit, 1});
  });
  play("a100");
  const ConvertedModel model("tiny_zip");
  const auto checks = cuda::open_cuda_backend(0)->selftest(
      *model, scattered(*model), 4, method_of(Precision::kFp32, ReadoutMethod::kFused));
  cuda_sim::runtime::set_ptx_mutation({});
  CHECK(times == 1);
  std::vector<std::string> failed;
  for (const StepCheck& check : checks) {
    if (!check.passed()) failed.push_back(check.step);
  }
  return failed;
}

// A thousandth more.
constexpr const char* kMore = "0f3A83126F";

}  // namespace

TEST_CASE("every step of a T4 passes its selftest") {
  check_passes("t4", Precision::kFp32, ReadoutMethod::kGemm);
  check_passes("t4", Precision::kFp16, ReadoutMethod::kFused);
}

TEST_CASE("every step of an A100 passes its selftest") {
  check_passes("a100", Precision::kFp32Strict, ReadoutMethod::kFused);
  check_passes("a100", Precision::kTf32, ReadoutMethod::kFused);
  check_passes("a100", Precision::kBf16, ReadoutMethod::kGemm);
}

TEST_CASE("every step of an H100 passes its selftest") {
  check_passes("h100", Precision::kTf32, ReadoutMethod::kGemm);
  check_passes("h100", Precision::kFp16, ReadoutMethod::kGemm);
  check_passes("h100", Precision::kBf16, ReadoutMethod::kFused);
}

TEST_CASE("an error in a kernel fails the selftest of its steps, and no other's") {
  const std::string more = std::string("add.f32 $0, $0, ") + kMore + ";";
  CHECK(failed_with("normalize_four", insert_after({"ld.global.f32", 0}, more)).front() ==
        "normalise");
  const auto pools =
      failed_with("pool_channels_last", replace({"mul.f32", 0}, "0f3E800000", "0f3E810000"));
  REQUIRE(pools.size() == 1);
  CHECK_THAT(pools[0], contains("block 8: average pool"));
  const auto readouts =
      failed_with("fused_readoutILi4",
                  insert_before({"st.global", 0}, std::string("add.f32 $1, $1, ") + kMore + ";"));
  REQUIRE(readouts.size() == 1);
  CHECK_THAT(readouts[0], contains(": readout (fused)"));
  const auto scatters = failed_with("gather_columns", insert_after({"ld.global.f32", 0}, more));
  REQUIRE(scatters.size() == 1);
  CHECK_THAT(scatters[0], contains(": expand to 64 columns"));
}
