#include "engine/atlas/area_means.h"

#include <numeric>
#include <string>
#include <utility>

#include "engine/atlas/roi.h"
#include "engine/atlas/vertices.h"

namespace corticast {
namespace {

constexpr int kNone = -1;

// The outputs, and which of them an area counts to: [label], kNone for a subcortical structure.
struct Outputs {
  std::vector<std::string> names;
  std::vector<int> of_label;
};

Outputs outputs_of(AreaUnit unit, const std::vector<int>& labels) {
  Outputs outputs{{}, std::vector<int>(kLabels + 1, kNone)};
  if (unit == AreaUnit::kRoi) {
    outputs.names.reserve(labels.size());
    for (const int label : labels) {
      outputs.of_label[static_cast<std::size_t>(label)] = static_cast<int>(outputs.names.size());
      outputs.names.push_back(label_name(label));
    }
    return outputs;
  }
  outputs.names.reserve(kGroups);
  for (int group = 1; group <= kGroups; ++group) {
    bool wanted = false;
    for (const int label : labels) {
      if (label_group(label) != group) continue;
      outputs.of_label[static_cast<std::size_t>(label)] = static_cast<int>(outputs.names.size());
      wanted = true;
    }
    if (wanted) outputs.names.push_back(group_name(group));
  }
  return outputs;
}

}  // namespace

ReducedRows area_means(AreaUnit unit, const ColumnUnion& chosen,
                       std::span<const std::int32_t> grayordinates) {
  Outputs outputs = outputs_of(unit, chosen.area_labels());
  const std::vector<std::uint32_t> columns = chosen.columns();
  ReducedRows result;
  result.rows.reserve(columns.size());
  std::vector<int> output_of_row;
  output_of_row.reserve(columns.size());
  for (const std::uint32_t column : columns) {
    const int output = outputs.of_label[static_cast<std::size_t>(label_of(grayordinates[column]))];
    if (output == kNone) continue;
    result.rows.push_back(column);
    output_of_row.push_back(output);
  }

  Reduction& means = result.reduction;
  means.kind = unit == AreaUnit::kRoi ? "roi-mean" : "group-mean";
  means.names = std::move(outputs.names);
  means.begin.assign(means.names.size() + 1, 0);
  for (const int output : output_of_row) ++means.begin[static_cast<std::size_t>(output) + 1];
  std::partial_sum(means.begin.begin(), means.begin.end(), means.begin.begin());
  means.row.resize(result.rows.size());
  means.weight.resize(result.rows.size());
  std::vector<std::size_t> next(means.begin.begin(), means.begin.end() - 1);
  for (std::size_t i = 0; i < output_of_row.size(); ++i) {
    const auto output = static_cast<std::size_t>(output_of_row[i]);
    const std::size_t term = next[output]++;
    means.row[term] = static_cast<std::uint32_t>(i);
    means.weight[term] = 1.0 / static_cast<double>(means.begin[output + 1] - means.begin[output]);
  }
  return result;
}

}  // namespace corticast
