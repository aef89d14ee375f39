// Results of the cuBLAS stand-in against plain loops.
#include "tests/cuda_sim/libraries/cublas.h"

#include <cuda_runtime_api.h>

#include <cmath>

#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/libraries/cublas_handle.h"
#include "tests/cuda_sim/tests/libraries/device_data.h"
#include "tests/support/catch.h"

namespace cuda_sim::test {
namespace {

struct Shape {
  cublasOperation_t transa, transb;
  int m, n, k, lda, ldb, ldc;
};

double at(const std::vector<float>& matrix, int ld, bool transposed, int row, int column) {
  return static_cast<double>(
      matrix[static_cast<std::size_t>(transposed ? column + row * ld : row + column * ld)]);
}

std::size_t size(int ld, int columns) {
  return static_cast<std::size_t>(ld * columns);
}

// alpha * op(A) op(B) + beta * C in double; elements in the gaps of C stay.
std::vector<double> expected(const Shape& s, double alpha, const std::vector<float>& a,
                             const std::vector<float>& b, double beta,
                             const std::vector<float>& c) {
  std::vector<double> result(c.begin(), c.end());
  for (int j = 0; j < s.n; ++j)
    for (int i = 0; i < s.m; ++i) {
      double sum = 0;
      for (int p = 0; p < s.k; ++p)
        sum += at(a, s.lda, s.transa != CUBLAS_OP_N, i, p) *
               at(b, s.ldb, s.transb != CUBLAS_OP_N, p, j);
      double& value = result[static_cast<std::size_t>(i + j * s.ldc)];
      value = alpha * sum + beta * value;
    }
  return result;
}

constexpr Shape kShapes[] = {
    {CUBLAS_OP_N, CUBLAS_OP_N, 5, 7, 3, 5, 3, 5},
    {CUBLAS_OP_T, CUBLAS_OP_N, 130, 9, 33, 40, 33, 131},
    {CUBLAS_OP_N, CUBLAS_OP_T, 257, 4, 8, 257, 6, 260},
    {CUBLAS_OP_T, CUBLAS_OP_C, 6, 5, 4, 4, 7, 6},
    {CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, 1, 1, 1},
};

std::vector<float> matrix_a(const Shape& s) {
  return short_numbers(size(s.lda, s.transa == CUBLAS_OP_N ? s.k : s.m), 1);
}
std::vector<float> matrix_b(const Shape& s) {
  return short_numbers(size(s.ldb, s.transb == CUBLAS_OP_N ? s.n : s.k), 2);
}

}  // namespace

TEST_CASE("single precision, every transposition") {
  play("a100");
  const CublasHandle handle;
  for (const Shape& s : kShapes) {
    const auto a = matrix_a(s);
    const auto b = matrix_b(s);
    const auto c = short_numbers(size(s.ldc, s.n), 3);
    const DeviceArray device_a(a, DataType::kFloat);
    const DeviceArray device_b(b, DataType::kFloat);
    const DeviceArray device_c(c, DataType::kFloat);
    const float alpha = 2;
    const float beta = -0.5F;
    REQUIRE(cublas::sgemm(handle.get(), s.transa, s.transb, s.m, s.n, s.k, &alpha,
                          device_a.as<float>(), s.lda, device_b.as<float>(), s.ldb, &beta,
                          device_c.as<float>(), s.ldc) == CUBLAS_STATUS_SUCCESS);
    // Short numbers: every product and sum is exact.
    const auto result = device_c.numbers(c.size(), DataType::kFloat);
    const auto right = expected(s, 2, a, b, -0.5, c);
    for (std::size_t i = 0; i < c.size(); ++i) REQUIRE(static_cast<double>(result[i]) == right[i]);
  }
  CHECK(report_lines().empty());
}

TEST_CASE("half and bfloat16 inputs, results of both widths") {
  play("h100");
  const CublasHandle handle;
  const Shape s{CUBLAS_OP_T, CUBLAS_OP_N, 33, 6, 20, 24, 20, 33};
  const auto a = matrix_a(s);
  const auto b = matrix_b(s);
  const auto right = expected(s, 1, a, b, 0, std::vector<float>(size(s.ldc, s.n)));
  for (const auto& [type, cuda_type] :
       {std::pair(DataType::kHalf, CUDA_R_16F), std::pair(DataType::kBfloat16, CUDA_R_16BF)})
    for (const bool wide : {false, true}) {
      const DeviceArray device_a(a, type);
      const DeviceArray device_b(b, type);
      const DataType c_type = wide ? DataType::kFloat : type;
      const DeviceArray device_c(right.size() * bytes_of(c_type));  // beta 0: not read
      const float alpha = 1;
      const float beta = 0;
      REQUIRE(cublas::gemm_ex(handle.get(), s.transa, s.transb, s.m, s.n, s.k, &alpha,
                              device_a.get(), cuda_type, s.lda, device_b.get(), cuda_type, s.ldb,
                              &beta, device_c.get(), wide ? CUDA_R_32F : cuda_type, s.ldc,
                              CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT) == CUBLAS_STATUS_SUCCESS);
      const auto result = device_c.numbers(right.size(), c_type);
      const double last_place = wide ? 0 : type == DataType::kHalf ? 0x1p-11 : 0x1p-8;
      for (std::size_t i = 0; i < right.size(); ++i)
        REQUIRE(std::abs(static_cast<double>(result[i]) - right[i]) <=
                last_place * std::abs(right[i]));
    }
  CHECK(report_lines().empty());
}

TEST_CASE("a batch with one matrix A for all, its results side by side") {
  play("a100");
  const CublasHandle handle;
  constexpr int kBatch = 3;
  const Shape s{CUBLAS_OP_N, CUBLAS_OP_N, 4, 5, 6, 4, 6, 4 * kBatch};
  const auto a = matrix_a(s);
  const auto b = short_numbers(size(s.ldb, s.n) * kBatch, 2);
  const DeviceArray device_a(a, DataType::kFloat);
  const DeviceArray device_b(b, DataType::kFloat);
  const DeviceArray device_c(size(s.ldc, s.n) * 4);
  const float alpha = 1;
  const float beta = 0;
  REQUIRE(cublas::sgemm_strided_batched(handle.get(), s.transa, s.transb, s.m, s.n, s.k, &alpha,
                                        device_a.as<float>(), s.lda, 0, device_b.as<float>(), s.ldb,
                                        s.ldb * s.n, &beta, device_c.as<float>(), s.ldc, s.m,
                                        kBatch) == CUBLAS_STATUS_SUCCESS);
  const auto result = device_c.numbers(size(s.ldc, s.n), DataType::kFloat);
  for (int index = 0; index < kBatch; ++index) {
    const std::vector<float> own(b.begin() + index * s.ldb * s.n,
                                 b.begin() + (index + 1) * s.ldb * s.n);
    Shape dense = s;
    dense.ldc = s.m;
    const auto right = expected(dense, 1, a, own, 0, std::vector<float>(size(s.m, s.n)));
    for (int j = 0; j < s.n; ++j)
      for (int i = 0; i < s.m; ++i)
        REQUIRE(static_cast<double>(result[size(s.ldc, j) + size(s.m, index) + size(1, i)]) ==
                right[static_cast<std::size_t>(i + j * s.m)]);
  }
  CHECK(report_lines().empty());
}

TEST_CASE("compute types round their inputs") {
  // 1 + 2^-12 has 13 significant bits: tf32 and half drop the last, float keeps it. 1 + 2^-9 has
  // 10: bfloat16 drops the last, the others keep it.
  struct Row {
    cublasComputeType_t compute;
    cublasMath_t mode;
    float value;
    float seen;
  };
  const float fine = 1 + 0x1p-12F;
  const float coarse = 1 + 0x1p-9F;
  const Row rows[] = {
      {CUBLAS_COMPUTE_32F, CUBLAS_DEFAULT_MATH, fine, fine},
      {CUBLAS_COMPUTE_32F, CUBLAS_TF32_TENSOR_OP_MATH, fine, 1},
      {CUBLAS_COMPUTE_32F_PEDANTIC, CUBLAS_TF32_TENSOR_OP_MATH, fine, fine},
      {CUBLAS_COMPUTE_32F_FAST_TF32, CUBLAS_DEFAULT_MATH, fine, 1},
      {CUBLAS_COMPUTE_32F_FAST_TF32, CUBLAS_DEFAULT_MATH, coarse, coarse},
      {CUBLAS_COMPUTE_32F_FAST_16F, CUBLAS_DEFAULT_MATH, fine, 1},
      {CUBLAS_COMPUTE_32F_FAST_16BF, CUBLAS_DEFAULT_MATH, coarse, 1},
  };
  play("a100");
  const CublasHandle handle;
  for (const Row& row : rows) {
    INFO("compute type " << row.compute << ", mode " << row.mode << ", value " << row.value);
    const DeviceArray a({row.value}, DataType::kFloat);
    const DeviceArray b({1}, DataType::kFloat);
    const DeviceArray c(4);
    const float alpha = 1;
    const float beta = 0;
    REQUIRE(cublas::set_math_mode(handle.get(), row.mode) == CUBLAS_STATUS_SUCCESS);
    REQUIRE(cublas::gemm_ex(handle.get(), CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &alpha, a.get(),
                            CUDA_R_32F, 1, b.get(), CUDA_R_32F, 1, &beta, c.get(), CUDA_R_32F, 1,
                            row.compute, CUBLAS_GEMM_DEFAULT) == CUBLAS_STATUS_SUCCESS);
    CHECK(c.numbers(1, DataType::kFloat)[0] == row.seen);
  }
  CHECK(report_lines().empty());
}

TEST_CASE("16-bit compute takes 16-bit scalars") {
  play("t4");
  const CublasHandle handle;
  const DeviceArray a({3}, DataType::kHalf);
  const DeviceArray b({5}, DataType::kHalf);
  const DeviceArray c({1}, DataType::kHalf);
  const std::uint16_t alpha = 0x4000;  // 2
  const std::uint16_t beta = 0x3800;   // 0.5
  REQUIRE(cublas::gemm_ex(handle.get(), CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &alpha, a.get(),
                          CUDA_R_16F, 1, b.get(), CUDA_R_16F, 1, &beta, c.get(), CUDA_R_16F, 1,
                          CUBLAS_COMPUTE_16F, CUBLAS_GEMM_DEFAULT) == CUBLAS_STATUS_SUCCESS);
  CHECK(c.numbers(1, DataType::kHalf)[0] == 30.5F);
  CHECK(report_lines().empty());
}

TEST_CASE("nothing to do") {
  play("a100");
  const CublasHandle handle;
  const float one = 1;
  const float two = 2;
  DeviceArray c({1, 2, 3, 4}, DataType::kFloat);
  // No rows: C is not touched, nor are null pointers.
  CHECK(cublas::sgemm(handle.get(), CUBLAS_OP_N, CUBLAS_OP_N, 0, 2, 2, &one, nullptr, 1, nullptr, 2,
                      &two, nullptr, 1) == CUBLAS_STATUS_SUCCESS);
  // No products: C is scaled.
  CHECK(cublas::sgemm(handle.get(), CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 0, &one, nullptr, 2, nullptr, 1,
                      &two, c.as<float>(), 2) == CUBLAS_STATUS_SUCCESS);
  CHECK(c.numbers(4, DataType::kFloat) == std::vector<float>{2, 4, 6, 8});
  CHECK(report_lines().empty());
}

TEST_CASE("calls are counted with the bytes that they must move") {
  play("a100");
  const CublasHandle handle;
  const DeviceArray a(short_numbers(6, 1), DataType::kHalf);
  const DeviceArray b(short_numbers(12, 2), DataType::kHalf);
  const DeviceArray c(8 * 4);
  const float alpha = 1;
  const float beta = 0;
  REQUIRE(cublas::gemm_ex(handle.get(), CUBLAS_OP_N, CUBLAS_OP_N, 2, 4, 3, &alpha, a.get(),
                          CUDA_R_16F, 2, b.get(), CUDA_R_16F, 3, &beta, c.get(), CUDA_R_32F, 2,
                          CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  const auto counts = runtime::counts();
  REQUIRE(counts.count("cuBLAS 2x4x3") == 1);
  CHECK(counts.at("cuBLAS 2x4x3").launches == 1);
  CHECK(counts.at("cuBLAS 2x4x3").global_loaded == 2 * (6 + 12));
  CHECK(counts.at("cuBLAS 2x4x3").global_stored == 4 * 8);
}

}  // namespace cuda_sim::test
