// What a user is told where cuDNN is missing or is something else.
#include <cstdlib>

#include "engine/backend/cuda/cudnn/library.h"
#include "engine/base/error.h"
#include "tests/support/catch.h"

namespace corticast::cuda {
namespace {

Error refusal(const std::vector<std::string>& candidates) {
  try {
    open_cudnn(candidates);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::kInternal, "it was opened");
}

}  // namespace

TEST_CASE("cuDNN that is not there") {
  const Error error = refusal({"/nowhere/libcudnn.so.9", "libcudnn_of_nobody.so.9"});
  CHECK(error.code() == ErrorCode::kDevice);
  CHECK_THAT(error.what(), test::contains("/nowhere/libcudnn.so.9"));
  CHECK_THAT(error.what(), test::contains("libcudnn_of_nobody.so.9"));
  CHECK_THAT(error.hint(), test::contains("CORTICAST_CUDNN"));
}

TEST_CASE("a library that is not cuDNN") {
  const Error error = refusal({"libm.so.6"});
  CHECK(error.code() == ErrorCode::kDevice);
  CHECK_THAT(error.what(), test::contains("libm.so.6 has no function cudnnGetVersion"));
}

TEST_CASE("a candidate after missing ones is taken") {
  const CudnnLibrary library = open_cudnn({"/nowhere/libcudnn.so.9", "libcudnn.so.9"});
  CHECK(library.version() / 10000 == 9);
  CHECK(library.execute != nullptr);
}

TEST_CASE("CORTICAST_CUDNN is the only candidate when it is set") {
  REQUIRE(setenv("CORTICAST_CUDNN", "/somewhere/libcudnn.so.9", 1) == 0);
  CHECK(cudnn_candidates() == std::vector<std::string>{"/somewhere/libcudnn.so.9"});
  REQUIRE(setenv("CORTICAST_CUDNN", "", 1) == 0);
  CHECK(cudnn_candidates() == std::vector<std::string>{"libcudnn.so.9"});
  REQUIRE(unsetenv("CORTICAST_CUDNN") == 0);
  CHECK(cudnn_candidates() == std::vector<std::string>{"libcudnn.so.9"});
}

}  // namespace corticast::cuda
