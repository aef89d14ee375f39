// What a user is told where cuBLAS is missing or is something else.
#include <cstdlib>

#include "engine/backend/cuda/cublas/handle.h"
#include "engine/backend/cuda/cublas/library.h"
#include "engine/base/error.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

Error refusal(const std::vector<std::string>& candidates) {
  try {
    cuda::open_cublas(candidates);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::kInternal, "it was opened");
}

}  // namespace

TEST_CASE("cuBLAS that is not there is named, with the way round it") {
  const Error error = refusal({"/nowhere/libcublas.so.13", "libcublas_of_nobody.so.12"});
  CHECK(error.code() == ErrorCode::kDevice);
  CHECK_THAT(error.what(), contains("/nowhere/libcublas.so.13"));
  CHECK_THAT(error.what(), contains("libcublas_of_nobody.so.12"));
  CHECK_THAT(error.hint(), contains("CORTICAST_CUBLAS"));
  CHECK_THAT(error.hint(), contains("--readout fused"));
}

TEST_CASE("a library that is not cuBLAS is refused") {
  const Error error = refusal({"libm.so.6"});
  CHECK(error.code() == ErrorCode::kDevice);
  CHECK_THAT(error.what(), contains("libm.so.6 has no function cublasGetProperty"));
}

TEST_CASE("the installed cuBLAS has every function of the table") {
  const std::vector<std::string> candidates = {"/nowhere/libcublas.so.13", CORTICAST_TEST_CUBLAS};
  if (candidates.back().empty()) {
    WARN("not run: no libcublas.so.13 or .12 at configure time");
    return;
  }
  const cuda::CublasLibrary library = cuda::open_cublas(candidates);
  int major = 0;
  CHECK(library.get_property(MAJOR_VERSION, &major) == CUBLAS_STATUS_SUCCESS);
  CHECK((major == 12 || major == 13));
  CHECK(library.get_status_name(CUBLAS_STATUS_NOT_SUPPORTED) ==
        std::string("CUBLAS_STATUS_NOT_SUPPORTED"));
  CHECK(library.gemm_strided_batched_ex != nullptr);
}

TEST_CASE("CORTICAST_CUBLAS is the only candidate when it is set") {
  const std::vector<std::string> usual = {"libcublas.so.13", "libcublas.so.12"};
  REQUIRE(setenv("CORTICAST_CUBLAS", "/somewhere/libcublas.so.12", 1) == 0);
  CHECK(cuda::cublas_candidates() == std::vector<std::string>{"/somewhere/libcublas.so.12"});
  REQUIRE(setenv("CORTICAST_CUBLAS", "", 1) == 0);
  CHECK(cuda::cublas_candidates() == usual);
  REQUIRE(unsetenv("CORTICAST_CUBLAS") == 0);
  CHECK(cuda::cublas_candidates() == usual);
}

TEST_CASE("the workspace is what each generation of cards is recommended") {
  CHECK(cuda::cublas_workspace_bytes(75) == std::size_t{4} << 20);
  CHECK(cuda::cublas_workspace_bytes(89) == std::size_t{4} << 20);
  CHECK(cuda::cublas_workspace_bytes(90) == std::size_t{32} << 20);
  CHECK(cuda::cublas_workspace_bytes(100) == std::size_t{32} << 20);
  CHECK(cuda::cublas_workspace_bytes(120) == std::size_t{32} << 20);
}
