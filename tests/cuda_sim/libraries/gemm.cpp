#include "tests/cuda_sim/libraries/gemm.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace cuda_sim::cublas {
namespace {

constexpr std::int64_t kRows = 128;  // of C that one thread sums at a time

double element(const Operand& operand, InputRounding rounding, std::int64_t row,
               std::int64_t column) {
  const std::int64_t index =
      operand.transposed ? column + row * operand.ld : row + column * operand.ld;
  const float value = load_number(
      operand.type, operand.data + static_cast<std::uint64_t>(index) * bytes_of(operand.type));
  switch (rounding) {
    case InputRounding::kTf32:
      return static_cast<double>(std::bit_cast<float>(float_to_tf32(value)));
    case InputRounding::kHalf:
      return static_cast<double>(f16_to_float(float_to_f16(value)));
    case InputRounding::kBfloat16:
      return static_cast<double>(bf16_to_float(float_to_bf16(value)));
    case InputRounding::kNone:
      break;
  }
  return static_cast<double>(value);
}

// sums[i] = sum over p of a[p][i] * b[p]; rows of a are kRows apart.
void sum_products(const double* a, const double* b, std::int64_t k, double* sums) {
  std::fill_n(sums, kRows, 0.0);
  for (std::int64_t p = 0; p < k; ++p) {
    const double factor = b[p];
    const double* const row = a + p * kRows;
    for (std::int64_t i = 0; i < kRows; ++i) sums[i] += row[i] * factor;
  }
}

void store_column(const Gemm& gemm, std::int64_t first, std::int64_t rows, std::int64_t column,
                  const double* sums) {
  const std::uint64_t size = bytes_of(gemm.c_type);
  std::byte* const to = gemm.c + static_cast<std::uint64_t>(first + column * gemm.ldc) * size;
  for (std::int64_t i = 0; i < rows; ++i) {
    std::byte* const place = to + static_cast<std::uint64_t>(i) * size;
    double value = gemm.alpha * sums[i];
    if (gemm.beta != 0) value += gemm.beta * static_cast<double>(load_number(gemm.c_type, place));
    store_number(gemm.c_type, value, place);
  }
}

}  // namespace

void multiply(const Gemm& gemm) {
  const std::int64_t k = gemm.alpha == 0 ? 0 : gemm.k;
  std::vector<double> b(static_cast<std::size_t>(gemm.n * k));  // [n][k]
  for (std::int64_t j = 0; j < gemm.n; ++j)
    for (std::int64_t p = 0; p < k; ++p)
      b[static_cast<std::size_t>(j * k + p)] = element(gemm.b, gemm.rounding, p, j);
#pragma omp parallel for schedule(dynamic)
  for (std::int64_t first = 0; first < gemm.m; first += kRows) {
    const std::int64_t rows = std::min(kRows, gemm.m - first);
    std::vector<double> a(static_cast<std::size_t>(kRows * k), 0.0);  // [k][kRows]
    for (std::int64_t p = 0; p < k; ++p)
      for (std::int64_t i = 0; i < rows; ++i)
        a[static_cast<std::size_t>(p * kRows + i)] = element(gemm.a, gemm.rounding, first + i, p);
    std::vector<double> sums(kRows);
    for (std::int64_t j = 0; j < gemm.n; ++j) {
      sum_products(a.data(), b.data() + j * k, k, sums.data());
      store_column(gemm, first, rows, j, sums.data());
    }
  }
}

}  // namespace cuda_sim::cublas
