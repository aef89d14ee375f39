// The part of kernels/row_products.h that is compiled once per instruction set.
#pragma once

#include <cstddef>

namespace corticast::kernels::cpu {

// One stretch of all left rows against a panel of right rows.
struct RowProductsBlock {
  const float* left;        // first row, at the stretch's beginning
  std::size_t left_stride;  // floats from one row to the next
  std::size_t left_rows;
  const float* panel;       // [length][panel columns]
  std::size_t length;       // of the stretch
  double* sums;             // [left_rows] of [panel columns], added to
  std::size_t sums_stride;  // doubles from one row to the next
};

}  // namespace corticast::kernels::cpu
