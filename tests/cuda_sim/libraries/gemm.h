// C = alpha * op(A) * op(B) + beta * C on host bytes, column-major, for the cuBLAS stand-in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/cuda_sim/libraries/numbers.h"

namespace cuda_sim::cublas {

// What the compute type does to the inputs before they are multiplied.
enum class InputRounding : std::uint8_t { kNone, kTf32, kHalf, kBfloat16 };

struct Operand {
  const std::byte* data = nullptr;  // element (row, column) at row + column * ld
  DataType type = DataType::kFloat;
  std::int64_t ld = 0;
  bool transposed = false;
};

struct Gemm {
  std::int64_t m = 0;  // rows of op(A) and C
  std::int64_t n = 0;  // columns of op(B) and C
  std::int64_t k = 0;
  Operand a;
  Operand b;
  std::byte* c = nullptr;
  DataType c_type = DataType::kFloat;
  std::int64_t ldc = 0;
  double alpha = 1;
  double beta = 0;  // 0: C is not read
  InputRounding rounding = InputRounding::kNone;
};

// Products and sums in double, one rounding to C's type at the end. With alpha 0 or k 0 neither A
// nor B is read.
void multiply(const Gemm& gemm);

}  // namespace cuda_sim::cublas
