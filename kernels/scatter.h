// Spreads packed responses over a wider row:
//   y[c] = NaN for every c < columns, then y[positions[i]] = x[i].
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace corticast::kernels::cpu {

// x: [positions.size()]; y: [columns]; positions < columns, each once.
void scatter_row(const float* x, std::span<const std::uint32_t> positions, std::size_t columns,
                 float* y);

}  // namespace corticast::kernels::cpu
