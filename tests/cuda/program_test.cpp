// The CUDA backend behind the seam, on simulated cards.
#include <cmath>

#include "engine/backend/cuda/cuda_backend.h"
#include "tests/cuda/cards.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

namespace sim = cuda_sim::runtime;

const std::vector<std::size_t> kOrder = {3, 11, 0, 18, 7};

Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorCode::kInternal, "");
}

void check_no_leaks() {
  for (const std::string& leak : sim::leaks()) FAIL_CHECK(leak);
}

// One image in `every`: cards differ in what cuDNN plans, not in the image, and one card takes all.
void check_goldens_on(const std::string& card, std::size_t every) {
  play(card);
  {
    const auto backend = cuda::open_cuda_backend(0);
    check_against_goldens("multihead_zip", "out_multihead_zip", *backend, {}, every);
    check_against_goldens("singlehead_zip", "out_singlehead_zip", *backend, {}, every);
    check_against_goldens("tiny_zip", "out_tiny", *backend, {}, every);
  }
  check_clean();
  check_no_leaks();
}

}  // namespace

TEST_CASE("the fixture models give the float64 goldens on a T4") {
  check_goldens_on("t4", 3);
}

TEST_CASE("the fixture models give the float64 goldens on an A100") {
  check_goldens_on("a100", 1);
}

TEST_CASE("the fixture models give the float64 goldens on an H100") {
  check_goldens_on("h100", 3);
}

TEST_CASE("rows have the same bits whatever their neighbours, order and fill of the batch") {
  play("a100");
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  const auto backend = cuda::open_cuda_backend(0);
  const auto expected = run(*backend, *model, request, kOrder, 3);  // 3 and 2 of 3
  const auto reversed = run(*backend, *model, request, {7, 18, 0, 11, 3}, 3);
  const std::size_t columns = request.columns;
  for (std::size_t t = 0; t < expected.size(); ++t) {
    for (std::size_t n = 0; n < 5; ++n) {
      for (std::size_t c = 0; c < columns; ++c) {
        REQUIRE(reversed[t][(4 - n) * columns + c] == expected[t][n * columns + c]);
      }
    }
  }
  check_clean();
}

TEST_CASE("selected rows have the bits of the full run, expanded ones are NaN elsewhere") {
  play("h100");
  const ConvertedModel model("multihead_zip");
  const auto backend = cuda::open_cuda_backend(0);
  const auto full = run(*backend, *model, everything(*model), kOrder, 2);
  Request request = everything(*model);
  request.targets = {request.targets[1]};
  request.rows = {0, 1, 5, 48, 97, 98, 299};
  request.columns = 7;
  const auto some = run(*backend, *model, request, kOrder, 2);
  request.columns = 1000;
  request.positions = {0, 1, 2, 500, 700, 998, 999};
  const auto wide = run(*backend, *model, request, kOrder, 2);
  for (std::size_t n = 0; n < kOrder.size(); ++n) {
    std::size_t next = 0;
    for (std::size_t c = 0; c < 1000; ++c) {
      if (next < 7 && c == request.positions[next]) {
        const float expected = full[1][n * 300 + request.rows[next]];
        REQUIRE(some[0][n * 7 + next] == expected);
        REQUIRE(wide[0][n * 1000 + c] == expected);
        ++next;
      } else {
        REQUIRE(std::isnan(wide[0][n * 1000 + c]));
      }
    }
  }
  check_clean();
}

TEST_CASE("three slots can be in flight under every schedule and are waited for in any order") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  for (const auto schedule :
       {sim::Schedule::kLate, sim::Schedule::kProducersFirst, sim::Schedule::kAtOnce}) {
    play("a100");
    sim::set_schedule(schedule);
    const auto backend = cuda::open_cuda_backend(0);
    const auto expected = run(*backend, *model, request, {0, 1, 2, 3, 4, 5}, 2);
    const auto program = backend->compile(*model, request, 2, Precision::kFp32);
    for (std::size_t round = 0; round < 2; ++round) {
      for (std::size_t slot = 0; slot < 3; ++slot) {
        const std::size_t image = 3 * round + slot;
        std::copy_n(photographs().pixels.data() + image * kImageBytes, kImageBytes,
                    program->input(slot));
        program->submit(slot, 1);
      }
      for (const std::size_t slot : {2u, 0u, 1u}) {
        const Responses responses = program->wait(slot);
        REQUIRE(responses.images == 1);
        const std::size_t image = 3 * round + slot;
        for (std::size_t c = 0; c < responses.columns; ++c) {
          REQUIRE(responses.targets[0][c] == expected[0][image * responses.columns + c]);
        }
      }
    }
    CHECK(error_of([&] { program->submit(0, 3); }).code() == ErrorCode::kInternal);
    CHECK(error_of([&] { program->submit(0, 0); }).code() == ErrorCode::kInternal);
    check_clean();
  }
}

TEST_CASE("a program with work in flight can be destroyed") {
  play("a100");
  const ConvertedModel model("tiny_zip");
  {
    const auto backend = cuda::open_cuda_backend(0);
    const auto program = backend->compile(*model, everything(*model), 1, Precision::kFp32);
    for (std::size_t slot = 0; slot < 3; ++slot) program->submit(slot, 1);
  }
  check_clean();
  check_no_leaks();
}

TEST_CASE("what cannot be had on CUDA is refused with the reason") {
  const ConvertedModel model("tiny_zip");
  play("a100", 2);
  const Error beyond = error_of([] { cuda::open_cuda_backend(2); });
  CHECK(beyond.code() == ErrorCode::kDevice);
  CHECK(beyond.what() == std::string("there is no device cuda:2: 2 CUDA devices here"));
  CHECK(cuda::open_cuda_backend(1)->name().starts_with("cuda:1 ("));
  play("t4");
  const auto backend = cuda::open_cuda_backend(0);
  for (const Precision absent : {Precision::kTf32, Precision::kBf16}) {
    CHECK(error_of([&] {
            backend->planned_memory(*model, everything(*model), 1, absent);
          }).code() == ErrorCode::kDevice);
  }
  play("a100", 0);
  CHECK(error_of([] { cuda::open_cuda_backend(0); }).code() == ErrorCode::kDevice);
}

TEST_CASE("the planned memory is the memory that is allocated") {
  play("a100");
  const ConvertedModel model("tiny_zip");
  Request request = everything(*model);
  const auto backend = cuda::open_cuda_backend(0);
  const auto one = backend->planned_memory(*model, request, 1, Precision::kFp32).device;
  request.columns = 2000;
  request.positions.assign(request.rows.begin(), request.rows.end());
  const auto planned = backend->planned_memory(*model, request, 3, Precision::kFp32);
  CHECK(planned.device > one);
  CHECK(sim::totals().device_allocations == 0);
  const auto program = backend->compile(*model, request, 3, Precision::kFp32);
  CHECK(planned.host == 3 * 3 * (kImageBytes + request.targets.size() * 2000 * sizeof(float)));
  // Every allocation is rounded up to the device's granularity of 256 bytes.
  const sim::Totals totals = sim::totals();
  CHECK(totals.device_bytes_peak >= planned.device);
  CHECK(totals.device_bytes_peak < planned.device + 256 * totals.device_allocations);
}

TEST_CASE(
    "an allocation that fails, whichever, is an error with numbers and leaves nothing behind") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  Method by_products = Precision::kFp16;
  by_products.readout = ReadoutMethod::kGemm;
  for (const Method& method : {Method(Precision::kFp32), by_products}) {
    const auto compile = [&] { cuda::open_cuda_backend(0)->compile(*model, request, 1, method); };
    play("a100");
    compile();
    const std::uint64_t allocations =
        sim::totals().device_allocations + sim::totals().pinned_allocations;
    REQUIRE(allocations > 10);
    for (std::uint64_t index = 1; index <= allocations; ++index) {
      play("a100");
      sim::fail_at({sim::Failure::Kind::kAllocation, index});
      const Error error = error_of(compile);
      INFO("allocation " << index << " in " << to_string(method.precision) << ": " << error.what());
      CHECK(error.code() == ErrorCode::kDevice);
      CHECK(std::string(error.what()).find(" MiB in all) could not be had: ") != std::string::npos);
      CHECK(error.hint().find("--batch") != std::string::npos);
      check_no_leaks();
    }
  }
}

TEST_CASE("a kernel that fails while weights are loaded is an error that leaves nothing behind") {
  const ConvertedModel model("tiny_zip");
  const Request request = everything(*model);
  const auto compile = [&] {
    cuda::open_cuda_backend(0)->compile(*model, request, 1, Precision::kFp16);
  };
  play("a100");
  compile();
  const std::uint64_t launches = sim::totals().launches;
  REQUIRE(launches > 10);
  for (std::uint64_t index = 1; index <= launches; ++index) {
    play("a100");
    sim::fail_at({sim::Failure::Kind::kLaunch, index});
    INFO("launch " << index);
    CHECK(error_of(compile).code() == ErrorCode::kDevice);
    check_no_leaks();
  }
}

TEST_CASE("a launch that fails is an error, and the program can still be destroyed") {
  play("a100");
  const ConvertedModel model("tiny_zip");
  {
    const auto backend = cuda::open_cuda_backend(0);
    const auto program = backend->compile(*model, everything(*model), 1, Precision::kFp32);
    sim::fail_at({sim::Failure::Kind::kLaunch, 1});
    CHECK(error_of([&] { program->submit(0, 1); }).code() == ErrorCode::kDevice);
  }
  check_no_leaks();
}
