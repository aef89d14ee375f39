#include "engine/atlas/matrix_reduction.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "engine/atlas/matrix_file.h"
#include "engine/base/digest.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr std::uint64_t kMaxOutputs = 1u << 20;
constexpr std::size_t kHashBytes = 4u << 20;  // hashed at a time

std::string words(const std::vector<std::uint64_t>& shape) {
  std::string text;
  for (const std::uint64_t size : shape) text += (text.empty() ? "" : ", ") + grouped(size);
  return '[' + text + ']';
}

void check_shape(const std::string& name, const std::vector<std::uint64_t>& shape,
                 std::uint64_t columns) {
  if (shape.size() == 2 && shape[1] == columns && shape[0] >= 1 && shape[0] <= kMaxOutputs) return;
  const std::string found = name + ": a matrix of shape " + words(shape) + ", expected [outputs, " +
                            grouped(columns) + "]";
  if (shape.size() == 2 && shape[1] == columns) {
    throw Error(ErrorCode::kUsage, found + " with 1 to " + grouped(kMaxOutputs) + " outputs",
                "Split the matrix, or leave outputs out.");
  }
  if (shape.size() == 1 && shape[0] == columns) {
    throw Error(ErrorCode::kUsage, found, "For one output save matrix[None].");
  }
  if (shape.size() == 2 && shape[0] == columns) {
    throw Error(ErrorCode::kUsage, found, "Save matrix.T: one row per output.");
  }
  throw Error(ErrorCode::kUsage, found,
              "The matrix has one column per selected vertex (without a selection, per vertex of "
              "the model, not per grayordinate), in ascending order.");
}

std::vector<std::string> names_of(const MatrixFile& matrix, const std::string& name) {
  const std::uint64_t outputs = matrix.shape()[0];
  std::vector<std::string> names = matrix.names();
  if (names.empty()) {
    names.reserve(outputs);
    for (std::uint64_t output = 0; output < outputs; ++output) {
      names.push_back(std::to_string(output));
    }
    return names;
  }
  if (names.size() != outputs) {
    throw Error(ErrorCode::kUsage, name + ": /names holds " + grouped(names.size()) +
                                       " names, expected one for each "
                                       "of the " +
                                       grouped(outputs) + " rows of /matrix");
  }
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t output = 0; output < names.size(); ++output) {
    if (!is_utf8(names[output])) {
      throw Error(ErrorCode::kUsage,
                  name + ": name " + std::to_string(output) + " of /names is not UTF-8");
    }
    const auto [first, fresh] = seen.emplace(names[output], output);
    if (fresh) continue;
    throw Error(ErrorCode::kUsage,
                name + ": outputs " + std::to_string(first->second) + " and " +
                    std::to_string(output) + " have the same name '" + names[output] + "'",
                "Give each output a name of its own, or leave /names away.");
  }
  return names;
}

std::string digest_of(const std::filesystem::path& path) {
  const MappedFile file(path, ErrorCode::kUsage);
  Sha256 hash;
  for (ByteSpan rest = file.bytes(); !rest.empty();) {
    const ByteSpan part = rest.first(std::min(kHashBytes, rest.size()));
    hash.update(part);
    file.forget(part);
    rest = rest.subspan(part.size());
  }
  return hash.hex();
}

template <typename Take>  // (output, column, weight)
void for_each_weight(const MatrixFile& matrix, Take take) {
  matrix.read([&](const MatrixBlock& block) {
    for (std::uint64_t o = 0; o < block.outputs; ++o) {
      const double* const values = block.values + o * block.output_stride;
      for (std::uint64_t c = 0; c < block.columns; ++c) {
        const double weight = values[c * block.column_stride];
        if (weight != 0) take(block.first_output + o, block.first_column + c, weight);
      }
    }
  });
}

}  // namespace

ReducedRows matrix_reduction(const std::filesystem::path& path,
                             std::span<const std::uint32_t> selected) {
  const std::string name = path.string();
  const auto matrix = open_matrix(path);
  check_shape(name, matrix->shape(), selected.size());
  ReducedRows result;
  Reduction& reduction = result.reduction;
  reduction.kind = "matrix";
  reduction.names = names_of(*matrix, name);
  reduction.digest = digest_of(path);

  // Twice through the file, first to count: the terms are then allocated once, at their size.
  const std::uint64_t outputs = matrix->shape()[0];
  std::vector<std::size_t> weights(outputs);
  std::vector<bool> used(selected.size());
  for_each_weight(*matrix, [&](std::uint64_t output, std::uint64_t column, double weight) {
    if (!std::isfinite(weight)) {
      throw Error(ErrorCode::kUsage,
                  name + ": the weight in row " + std::to_string(output) + ", column " +
                      std::to_string(column) + " is " + std::to_string(weight) +
                      ", expected a finite number",
                  "Write 0 for a vertex that does not count.");
    }
    ++weights[output];
    used[column] = true;
  });
  if (std::find(used.begin(), used.end(), true) == used.end()) used[0] = true;

  std::vector<std::uint32_t> index(selected.size());
  result.rows.reserve(selected.size());
  for (std::size_t column = 0; column < selected.size(); ++column) {
    if (!used[column]) continue;
    index[column] = static_cast<std::uint32_t>(result.rows.size());
    result.rows.push_back(selected[column]);
  }
  reduction.begin.resize(outputs + 1);
  for (std::uint64_t output = 0; output < outputs; ++output) {
    reduction.begin[output + 1] =
        reduction.begin[output] + std::max<std::size_t>(1, weights[output]);
  }
  reduction.row.resize(reduction.begin.back());     // of an output of zeros: the first row
  reduction.weight.resize(reduction.begin.back());  // with the weight 0
  std::vector<std::size_t> next(reduction.begin.begin(), reduction.begin.end() - 1);
  for_each_weight(*matrix, [&](std::uint64_t output, std::uint64_t column, double weight) {
    const std::size_t term = next[output]++;
    if (term == reduction.begin[output + 1]) {
      throw Error(ErrorCode::kUsage, name + ": changed while it was read");
    }
    reduction.row[term] = index[column];
    reduction.weight[term] = weight;
  });
  return result;
}

}  // namespace corticast
