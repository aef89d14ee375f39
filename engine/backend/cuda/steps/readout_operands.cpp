#include "engine/backend/cuda/steps/readout_operands.h"

#include "engine/backend/comparison.h"
#include "engine/backend/cuda/steps/read_back.h"
#include "kernels/readout.h"

namespace corticast::cuda {

using kernels::cuda::Element;

std::size_t stored_positions(const Numerics& numerics, int positions) {
  return static_cast<std::size_t>(
      numerics.tensor_cores() ? kernels::cuda::padded_positions(positions) : positions);
}

Work ReadoutOperands::work() const {
  const auto n = static_cast<double>(images);
  const auto v = static_cast<double>(rows);
  const auto bytes = static_cast<double>(numerics.bytes());
  const auto k = static_cast<double>(stored_positions());
  return {2 * n * v * channels * (static_cast<double>(positions) + 1),
          bytes * (v * (k + channels) + n * k * channels) + 4 * v * (1 + n)};
}

StepCheck verify_readout(const ReadoutOperands& operands, const float* y, std::size_t samples,
                         const std::string& name) {
  const std::size_t stored = operands.stored_positions();
  const auto channels = static_cast<std::size_t>(operands.channels);
  const Element element = operands.numerics.element;
  std::vector<std::vector<float>> images;
  const std::vector<std::size_t> chosen = sample_images(operands.images);
  images.reserve(chosen.size());
  for (const std::size_t n : chosen) {
    images.push_back(read_back(operands.x, n * stored * channels, stored * channels, element));
  }
  Comparison comparison;
  for (const std::size_t row : sample_indices(operands.rows, samples)) {
    const auto spatial = read_back(operands.spatial, row * stored, stored, element);
    const auto features = read_back(operands.features, row * channels, channels, element);
    const auto bias = read_back(operands.bias, row, 1, Element::kFloat32);
    const std::uint32_t only = 0;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      double expected = 0;
      // The stored positions beyond the real ones are zeros on both sides.
      kernels::reference::readout({operands.channels, static_cast<int>(stored), spatial.data(),
                                   features.data(), bias.data()},
                                  {&only, 1}, images[i].data(), 1, &expected);
      const auto got = read_back(y, chosen[i] * operands.rows + row, 1, Element::kFloat32);
      comparison.add(static_cast<double>(got[0]), expected);
    }
  }
  return comparison.result(name, operands.numerics.step_bound);
}

}  // namespace corticast::cuda
