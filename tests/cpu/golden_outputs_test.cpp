// Whole networks on the CPU in float32 against the float64 goldens of the reference model.
#include "engine/backend/cpu/cpu_backend.h"
#include "tests/support/backend_runs.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("every fixture model gives the float64 goldens for every image") {
  const auto backend = open_backend({"cpu"});
  check_against_goldens("multihead_zip", "out_multihead_zip", *backend);
  check_against_goldens("multihead_legacy", "out_multihead_zip", *backend);
  check_against_goldens("singlehead_zip", "out_singlehead_zip", *backend);
  check_against_goldens("multihead_half_zip", "out_multihead_half_zip", *backend);
  for (const char* tiny : {"tiny_zip", "tiny_legacy", "tiny_f64_zip", "tiny_strided_zip",
                           "tiny_strided_legacy", "tiny_v2layout_zip"}) {
    check_against_goldens(tiny, "out_tiny", *backend);
  }
  check_against_goldens("tiny_bf16_zip", "out_tiny_bf16", *backend);
}

TEST_CASE("direct convolution gives the float64 goldens, too") {
  const auto backend = open_backend({"cpu"});
  check_against_goldens("multihead_zip", "out_multihead_zip", *backend, Precision::kFp32Strict);
  check_against_goldens("singlehead_zip", "out_singlehead_zip", *backend, Precision::kFp32Strict);
  check_against_goldens("tiny_zip", "out_tiny", *backend, Precision::kFp32Strict);
}

TEST_CASE("the goldens hold for every instruction set") {
  const auto precision = GENERATE(Precision::kFp32, Precision::kFp32Strict);
  for (const kernels::cpu::Isa isa : kernels::cpu::available_isas()) {
    INFO(kernels::cpu::to_string(isa) << " " << to_string(precision));
    const auto backend = cpu::open_cpu_backend(2, isa);
    check_against_goldens("tiny_zip", "out_tiny", *backend, precision, 2);
    check_against_goldens("singlehead_zip", "out_singlehead_zip", *backend, precision, 4);
  }
}
