#include "engine/backend/cpu/cpu_backend.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no error");
  return ErrorCode::kInternal;
}

}  // namespace

TEST_CASE("a precision or device that the CPU lacks is refused") {
  const ConvertedModel model("tiny_zip");
  const auto backend = open_backend({"cpu"});
  for (const Precision coarse : {Precision::kTf32, Precision::kFp16}) {
    CHECK(code_of([&] { backend->compile(*model, everything(*model), 1, coarse); }) ==
          ErrorCode::kDevice);
    CHECK(code_of([&] { backend->planned_memory(*model, everything(*model), 1, coarse); }) ==
          ErrorCode::kDevice);
  }
  for (const char* device : {"cuda", "cuda:1", "cuda:all", "check:cuda,cpu", "tpu"}) {
    CHECK(code_of([&] { open_backend({device, 1}); }) == ErrorCode::kDevice);
  }
  CHECK(code_of([] { parse_precision("fp8"); }) == ErrorCode::kUsage);
  CHECK(to_string(parse_precision("fp32-strict")) == "fp32-strict");
}

TEST_CASE("three slots can be in flight and are waited for in any order") {
  const ConvertedModel model("tiny_zip");
  const auto backend = open_backend({"cpu"});
  const Request request = everything(*model);
  const auto expected = run(*backend, *model, request, {0, 1, 2}, 1);
  const auto program = backend->compile(*model, request, 2, Precision::kFp32);
  for (std::size_t slot = 0; slot < 3; ++slot) {
    std::copy_n(photographs().pixels.data() + slot * kImageBytes, kImageBytes,
                program->input(slot));
    program->submit(slot, 1);
  }
  for (const std::size_t slot : {2u, 0u, 1u}) {
    const Responses responses = program->wait(slot);
    REQUIRE(responses.images == 1);
    for (std::size_t c = 0; c < responses.columns; ++c) {
      REQUIRE(responses.targets[0][c] == expected[0][slot * responses.columns + c]);
    }
  }
  CHECK(code_of([&] { program->submit(0, 3); }) == ErrorCode::kInternal);
  CHECK(code_of([&] { program->submit(0, 0); }) == ErrorCode::kInternal);
}

TEST_CASE("a program with work in flight can be destroyed") {
  const ConvertedModel model("tiny_zip");
  const auto backend = open_backend({"cpu"});
  const auto program = backend->compile(*model, everything(*model), 1, Precision::kFp32);
  for (std::size_t slot = 0; slot < 3; ++slot) program->submit(slot, 1);
}

TEST_CASE("planned memory grows with the batch and the outputs") {
  const ConvertedModel model("tiny_zip");
  const auto backend = open_backend({"cpu"});
  Request request = everything(*model);
  const auto one = backend->planned_memory(*model, request, 1, Precision::kFp32).host;
  CHECK(backend->planned_memory(*model, request, 8, Precision::kFp32).host >
        one + 7 * 3 * kImageBytes);
  request.columns = 91282;
  request.positions.assign(request.rows.begin(), request.rows.end());
  CHECK(backend->planned_memory(*model, request, 1, Precision::kFp32).host > one);
}
