#include "kernels/scatter.h"

#include <algorithm>
#include <limits>

namespace corticast::kernels::cpu {

void scatter_row(const float* x, std::span<const std::uint32_t> positions, std::size_t columns,
                 float* y) {
  std::fill_n(y, columns, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < positions.size(); ++i) y[positions[i]] = x[i];
}

}  // namespace corticast::kernels::cpu
