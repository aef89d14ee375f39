// Wrong arguments and memory of the cuBLAS stand-in: each gives exactly one report that names it.
#include <cuda_runtime_api.h>

#include <functional>
#include <optional>

#include "tests/cuda_sim/libraries/cublas.h"
#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/libraries/cublas_handle.h"
#include "tests/cuda_sim/tests/libraries/device_data.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

// A correct batch of two 4x3 = 4x5 times 5x3 products in half, to be spoilt by a test.
struct Setting {
  cublasOperation_t transa = CUBLAS_OP_N;
  cublasOperation_t transb = CUBLAS_OP_N;
  int m = 4, n = 3, k = 5, lda = 4, ldb = 5, ldc = 4, batch = 2;
  long long stride_a = 20, stride_b = 15, stride_c = 12;
  float alpha_value = 1, beta_value = 0;
  const void* alpha = &alpha_value;
  const void* beta = &beta_value;
  cudaDataType a_type = CUDA_R_16F, b_type = CUDA_R_16F, c_type = CUDA_R_32F;
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  DeviceArray a_data{short_numbers(40, 1), DataType::kHalf};
  DeviceArray b_data{short_numbers(30, 2), DataType::kHalf};
  DeviceArray c_data{24 * 4};
  const void* a = a_data.get();
  const void* b = b_data.get();
  void* c = c_data.get();
  CublasHandle handle;

  cublasStatus_t run() const {
    const cublasStatus_t status = cublas::gemm_strided_batched_ex(
        handle.get(), transa, transb, m, n, k, alpha, a, a_type, lda, stride_a, b, b_type, ldb,
        stride_b, beta, c, c_type, ldc, stride_c, batch, compute, CUBLAS_GEMM_DEFAULT);
    cudaDeviceSynchronize();
    return status;
  }
};

struct Mistake {
  const char* name;
  std::function<void(Setting&)> make;
  cublasStatus_t status;
  Fault fault;
  const char* message;
};

const std::vector<Mistake>& mistakes() {
  constexpr auto kInvalid = CUBLAS_STATUS_INVALID_VALUE;
  constexpr auto kUnsupported = CUBLAS_STATUS_NOT_SUPPORTED;
  constexpr auto kFine = CUBLAS_STATUS_SUCCESS;
  static const std::vector<Mistake> all = {
      {"negative m", [](Setting& s) { s.m = -1; }, kInvalid, Fault::kLibrary, "-1, 3, 5, 2"},
      {"negative batch", [](Setting& s) { s.batch = -2; }, kInvalid, Fault::kLibrary, "batchCount"},
      {"lda", [](Setting& s) { s.lda = 3; }, kInvalid, Fault::kLibrary,
       "lda is 3, must be at least 4"},
      {"lda of a transposed A", [](Setting& s) { s.transa = CUBLAS_OP_T; }, kInvalid,
       Fault::kLibrary, "lda is 4, must be at least 5"},
      {"ldb", [](Setting& s) { s.ldb = 4; }, kInvalid, Fault::kLibrary,
       "ldb is 4, must be at least 5"},
      {"ldc", [](Setting& s) { s.ldc = 3; }, kInvalid, Fault::kLibrary,
       "ldc is 3, must be at least 4"},
      {"operation", [](Setting& s) { s.transb = CUBLAS_OP_CONJG; }, kInvalid, Fault::kLibrary,
       "transa and transb"},
      {"no alpha", [](Setting& s) { s.alpha = nullptr; }, kInvalid, Fault::kLibrary, "alpha"},
      {"alpha on the device", [](Setting& s) { s.alpha = s.c; }, kInvalid, Fault::kLibrary,
       "pointer mode is host"},
      {"no A", [](Setting& s) { s.a = nullptr; }, kInvalid, Fault::kLibrary, "A is null"},
      {"no C", [](Setting& s) { s.c = nullptr; }, kInvalid, Fault::kLibrary, "C is null"},
      {"odd address", [](Setting& s) { s.b = s.b_data.at(1); }, kInvalid, Fault::kLibrary,
       "B is not aligned"},
      {"types of A and B", [](Setting& s) { s.b_type = CUDA_R_16BF; }, kUnsupported,
       Fault::kLibrary, "not a combination"},
      {"float results of 16-bit compute", [](Setting& s) { s.compute = CUBLAS_COMPUTE_16F; },
       kUnsupported, Fault::kLibrary, "not a combination"},
      {"integers", [](Setting& s) { s.compute = CUBLAS_COMPUTE_32I; }, kUnsupported,
       Fault::kLibrary, "not a combination"},
      {"bounds of A", [](Setting& s) { s.stride_a = 21; }, kFine, Fault::kGlobalBounds,
       "A takes 82 bytes: 2 bytes past the end of allocation"},
      {"bounds of C", [](Setting& s) { s.ldc = 5; }, kFine, Fault::kGlobalBounds,
       "C takes 104 bytes: 8 bytes past the end of allocation"},
      {"freed B", [](Setting& s) { s.b_data.release(); }, kFine, Fault::kGlobalBounds,
       "freed allocation"},
      {"C read before it is written", [](Setting& s) { s.beta_value = 1; }, kFine,
       Fault::kUninitialised, "C in allocation"},
      {"results over each other", [](Setting& s) { s.stride_c = 11; }, kFine, Fault::kLibrary,
       "matrices C of the batch overlap"},
      {"results in one place", [](Setting& s) { s.stride_c = 0; }, kFine, Fault::kLibrary,
       "matrices C of the batch overlap"},
      {"results over an input",
       [](Setting& s) {
         s.c_type = CUDA_R_16F;
         s.c = s.a_data.at(32);
       },
       kFine, Fault::kLibrary, "A and C overlap"},
  };
  return all;
}

void require_one(Fault fault, const std::string& text) {
  const auto reports = runtime::reports();
  for (const std::string& line : report_lines()) UNSCOPED_INFO(line);
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].fault == fault);
  CHECK_THAT(reports[0].message, corticast::test::contains(text));
}

}  // namespace

TEST_CASE("a correct call has no report") {
  play("a100");
  const Setting setting;
  CHECK(setting.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(report_lines().empty());
}

TEST_CASE("wrong arguments and memory") {
  for (const Mistake& mistake : mistakes()) {
    INFO(mistake.name);
    play("a100");
    Setting setting;
    mistake.make(setting);
    CHECK(setting.run() == mistake.status);
    require_one(mistake.fault, mistake.message);
  }
}

TEST_CASE("bfloat16 before compute capability 8.0") {
  play("t4");
  Setting setting;
  setting.a_type = setting.b_type = CUDA_R_16BF;
  CHECK(setting.run() == CUBLAS_STATUS_NOT_SUPPORTED);
  require_one(Fault::kLibrary, "compute capability 75");
}

TEST_CASE("an input that was never written") {
  play("a100");
  Setting setting;
  const DeviceArray fresh(80);
  setting.a = fresh.get();
  CHECK(setting.run() == CUBLAS_STATUS_SUCCESS);
  require_one(Fault::kUninitialised, "A in allocation");
}

TEST_CASE("workspace") {
  play("a100");
  const Setting setting;
  std::optional<DeviceArray> workspace(std::in_place, 1024);
  SECTION("fine") {
    CHECK(cublas::set_workspace(setting.handle.get(), workspace->get(), 1024) ==
          CUBLAS_STATUS_SUCCESS);
    CHECK(setting.run() == CUBLAS_STATUS_SUCCESS);
    CHECK(report_lines().empty());
  }
  SECTION("not aligned to 256 bytes") {
    CHECK(cublas::set_workspace(setting.handle.get(), workspace->at(128), 512) ==
          CUBLAS_STATUS_INVALID_VALUE);
    require_one(Fault::kLibrary, "256 bytes");
  }
  SECTION("larger than its buffer") {
    CHECK(cublas::set_workspace(setting.handle.get(), workspace->get(), 1025) ==
          CUBLAS_STATUS_INVALID_VALUE);
    require_one(Fault::kLibrary, "1 bytes past the end of allocation");
  }
  SECTION("freed") {
    CHECK(cublas::set_workspace(setting.handle.get(), workspace->get(), 1024) ==
          CUBLAS_STATUS_SUCCESS);
    workspace.reset();
    CHECK(setting.run() == CUBLAS_STATUS_SUCCESS);
    require_one(Fault::kGlobalBounds, "the workspace: freed allocation");
  }
  SECTION("forgotten when the stream is set") {
    CHECK(cublas::set_workspace(setting.handle.get(), workspace->get(), 1024) ==
          CUBLAS_STATUS_SUCCESS);
    CHECK(cublas::set_stream(setting.handle.get(), nullptr) == CUBLAS_STATUS_SUCCESS);
    workspace.reset();
    CHECK(setting.run() == CUBLAS_STATUS_SUCCESS);
    CHECK(report_lines().empty());
  }
}

TEST_CASE("handles, math modes and streams") {
  play("a100", 2);
  CHECK(cublas::set_stream(nullptr, nullptr) == CUBLAS_STATUS_NOT_INITIALIZED);
  require_one(Fault::kLibrary, "not made by cublasCreate");
  runtime::clear_reports();
  const CublasHandle handle;
  CHECK(cublas::set_math_mode(handle.get(), CUBLAS_FP32_EMULATED_BF16X9_MATH) ==
        CUBLAS_STATUS_NOT_SUPPORTED);
  require_one(Fault::kLibrary, "math mode 4");
  runtime::clear_reports();
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  cudaStream_t other = nullptr;
  REQUIRE(cudaStreamCreate(&other) == cudaSuccess);
  REQUIRE(cudaSetDevice(0) == cudaSuccess);
  CHECK(cublas::set_stream(handle.get(), other) == CUBLAS_STATUS_INVALID_VALUE);
  require_one(Fault::kLibrary, "another device than the handle");
  cudaStreamDestroy(other);
}

}  // namespace cuda_sim::test
