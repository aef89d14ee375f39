#include "engine/backend/reduced/folding.h"

namespace corticast {
namespace {

// Folding multiplies as much as the readouts of one image do for each time that every vertex is a
// term. A mean uses a vertex once; a dense matrix of a hundred rows a hundred times, and is applied
// to the responses in a moment.
constexpr std::size_t kFoldedImages = 8;

// Numbers that folding may hold for each of the weights they stand for. Every batch reads all of
// them from memory, where 4 bytes take as long as some 15 multiplications of the readout: with at
// most 4 numbers (61 vertices an output at 384 channels), folded outputs are several times cheaper
// even for a single image. It bounds the memory, too.
constexpr std::size_t kNumbers = 4;

}  // namespace

bool folding_is_cheaper(const Request& request, const ModelInfo& model) {
  const Reduction& reduction = *request.reduction;
  const auto channels = static_cast<std::size_t>(model.channels);
  const std::size_t folded = reduction.outputs() * cnn8::kPositions * channels;
  const std::size_t weights = request.rows.size() * (cnn8::kPositions + channels);
  return folded <= kNumbers * weights &&
         reduction.row.size() <= kFoldedImages * request.rows.size();
}

Request plain_request(const Request& request) {
  Request plain = request;
  plain.reduction = nullptr;
  plain.columns = static_cast<std::uint32_t>(plain.rows.size());
  plain.positions.clear();
  plain.labels = {};
  return plain;
}

kernels::Functionals functionals_of(const Reduction& reduction) {
  return {reduction.begin, reduction.row, reduction.weight};
}

}  // namespace corticast
