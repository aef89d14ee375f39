#include "kernels/functionals.h"

#include <limits>

namespace corticast::kernels::reference {

double functional_at(const ReadoutWeights& weights, std::span<const std::uint32_t> rows,
                     const Functionals& functionals, std::size_t output, const float* x) {
  const std::size_t first = functionals.begin[output];
  const std::size_t last = functionals.begin[output + 1];
  if (first == last) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (std::size_t k = first; k < last; ++k) {
    double response = 0;
    readout(weights, rows.subspan(functionals.row[k], 1), x, 1, &response);
    sum += functionals.weight[k] * response;
  }
  return sum;
}

}  // namespace corticast::kernels::reference
