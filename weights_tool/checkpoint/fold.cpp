#include "weights_tool/checkpoint/fold.h"

#include <cmath>

#include "weights_tool/checkpoint/in_quotes.h"

namespace corticast::weights {
namespace {

constexpr double kBatchNormEpsilon = 1e-5;
constexpr double kMaskEpsilon = 1e-6;

float rounded(double value, const Checkpoint& checkpoint, const Tensor& tensor, std::size_t at) {
  const auto narrow = static_cast<float>(value);
  if (!std::isfinite(narrow)) {
    throw Error(ErrorCode::kModel,
                checkpoint.name() + ": tensor " + in_quotes(tensor.name) + ": channel " +
                    std::to_string(at) + " is too large for float32 once batch norm is folded in",
                "The batch-norm statistics of this checkpoint look damaged.");
  }
  return narrow;
}

}  // namespace

FoldedBlock fold_block(const Checkpoint& checkpoint, const BlockTensors& block) {
  const std::vector<float> scale = checkpoint.read_all(*block.scale);
  const std::vector<float> shift = checkpoint.read_all(*block.shift);
  const std::vector<float> mean = checkpoint.read_all(*block.mean);
  const std::vector<float> variance = checkpoint.read_all(*block.variance);
  FoldedBlock folded{checkpoint.read_all(*block.weight), std::vector<float>(shift.size())};
  const std::size_t row = folded.weight.size() / shift.size();
  const std::size_t taps = block.weight->shape[2] * block.weight->shape[3];
  for (std::size_t o = 0; o < shift.size(); ++o) {
    if (variance[o] < 0) {
      throw Error(ErrorCode::kModel,
                  checkpoint.name() + ": tensor " + in_quotes(block.variance->name) + ": item " +
                      std::to_string(o) + " is negative (" + std::to_string(variance[o]) +
                      "), no variance can be",
                  "The checkpoint is damaged; download or save it again.");
    }
    const double s = double{scale[o]} / std::sqrt(double{variance[o]} + kBatchNormEpsilon);
    folded.bias[o] = rounded(double{shift[o]} - double{mean[o]} * s, checkpoint, *block.mean, o);
    for (std::size_t first = o * row; first < (o + 1) * row; first += taps) {
      double carried = 0;
      for (float& weight : std::span(folded.weight).subspan(first, taps)) {
        const double exact = double{weight} * s + carried;
        weight = rounded(exact, checkpoint, *block.weight, o);
        carried = exact - double{weight};
      }
    }
  }
  return folded;
}

void normalise_mask(std::span<float> mask) {
  double squares = 0;
  for (const float value : mask) squares += double{value} * double{value};
  const double norm = std::sqrt(squares) + kMaskEpsilon;
  for (float& value : mask) value = static_cast<float>(double{value} / norm);
}

}  // namespace corticast::weights
