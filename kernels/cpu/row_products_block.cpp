// Compiled once per instruction set.
#include "kernels/cpu/row_products_block.h"

#include "kernels/cpu/tile.h"

namespace corticast::kernels::cpu::CORTICAST_ISA {

void row_products_block(const RowProductsBlock& block) {
  for (std::size_t first = 0; first < block.left_rows; first += kTileRows) {
    const std::size_t left = block.left_rows - first;
    const std::size_t rows = left < kTileRows ? left : kTileRows;
    const float* begins[kTileRows];
    for (std::size_t r = 0; r < kTileRows; ++r) {
      begins[r] = block.left + (first + (r < rows ? r : rows - 1)) * block.left_stride;
    }
    Vector product[kTileRows][kVectors];
    multiply_tile(begins, block.panel, block.length, {block.panel, 0}, product);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kTileRows; ++r) {
      if (r >= rows) break;
      double* sums = block.sums + (first + r) * block.sums_stride;
#pragma GCC unroll 4
      for (std::size_t j = 0; j < kVectors; ++j) {
        float lanes[kLanes];
        store(lanes, product[r][j]);
        for (std::size_t l = 0; l < kLanes; ++l) {
          sums[j * kLanes + l] += static_cast<double>(lanes[l]);
        }
      }
    }
  }
}

}  // namespace corticast::kernels::cpu::CORTICAST_ISA
