#include "kernels/readout.h"

namespace corticast::kernels::reference {

void readout(const ReadoutWeights& weights, std::span<const std::uint32_t> rows, const float* x,
             std::size_t images, double* y) {
  const auto channels = static_cast<std::size_t>(weights.channels);
  const auto positions = static_cast<std::size_t>(weights.positions);
  for (std::size_t n = 0; n < images; ++n) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t row = rows[i];
      double sum = static_cast<double>(weights.bias[row]);
      for (std::size_t c = 0; c < channels; ++c) {
        double z = 0;
        for (std::size_t p = 0; p < positions; ++p) {
          z += static_cast<double>(weights.spatial[row * positions + p]) *
               static_cast<double>(x[(n * positions + p) * channels + c]);
        }
        sum += static_cast<double>(weights.features[row * channels + c]) * z;
      }
      y[n * rows.size() + i] = sum;
    }
  }
}

}  // namespace corticast::kernels::reference
