// Products of rows with rows, s[a, b] = sum_k left[a, k] * right[b, k]: with centred rows of unit
// length a matrix of correlations.
#pragma once

#include <cstddef>

#include "kernels/cpu/isa.h"

namespace corticast::kernels {

// Rows lie one behind the other, [rows, length].
struct RowProducts {
  const float* left;
  std::size_t left_rows;
  const float* right;
  std::size_t right_rows;
  std::size_t length;
};

namespace reference {
// s: [left_rows, right_rows].
void row_products(const RowProducts& rows, double* s);
}  // namespace reference

namespace cpu {
// s[a * s_stride + b]. A sum is float32 within stretches of 256 and double beyond them, in one
// order whatever the other rows and the thread count. Uses the caller's OpenMP threads; working
// memory of each: 1.5 MiB and 2 KiB a left row. Throws std::bad_alloc.
void row_products(const RowProducts& rows, Isa isa, float* s, std::size_t s_stride);
}  // namespace cpu

}  // namespace corticast::kernels
