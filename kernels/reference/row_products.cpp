#include "kernels/row_products.h"

namespace corticast::kernels::reference {

void row_products(const RowProducts& rows, double* s) {
  for (std::size_t a = 0; a < rows.left_rows; ++a) {
    for (std::size_t b = 0; b < rows.right_rows; ++b) {
      double sum = 0;
      for (std::size_t k = 0; k < rows.length; ++k) {
        sum += static_cast<double>(rows.left[a * rows.length + k]) *
               static_cast<double>(rows.right[b * rows.length + k]);
      }
      s[a * rows.right_rows + b] = sum;
    }
  }
}

}  // namespace corticast::kernels::reference
