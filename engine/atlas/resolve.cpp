#include "engine/atlas/resolve.h"

#include <numeric>

#include "engine/atlas/command_selection.h"
#include "engine/atlas/subjects.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

ColumnLabels labels_of(std::vector<std::int32_t> grayordinates) {
  ColumnLabels labels;
  labels.roi.reserve(grayordinates.size());
  labels.group.reserve(grayordinates.size());
  for (const std::int32_t g : grayordinates) {
    labels.roi.push_back(roi_of(g));
    labels.group.push_back(static_cast<std::uint8_t>(group_of(g)));
  }
  labels.grayordinate = std::move(grayordinates);
  return labels;
}

void expand(Request& request, const std::vector<std::int32_t>& selected) {
  request.columns = static_cast<std::uint32_t>(kGrayordinates);
  request.positions.assign(selected.begin(), selected.end());
  std::vector<std::int32_t> every(kGrayordinates);
  std::iota(every.begin(), every.end(), 0);
  request.labels = labels_of(std::move(every));
}

}  // namespace

Request resolve_request(const ModelInfo& info, const RequestSpec& spec) {
  if (spec.expand && !info.has_atlas()) {
    throw Error(ErrorCode::kUsage,
                "--expand needs the place of each column: this model has no atlas, its " +
                    grouped(info.vertices) + " columns are not tied to grayordinates",
                "Leave --expand away.");
  }
  Request request;
  request.targets = resolve_subjects(info, spec.subjects);

  ColumnUnion chosen(info.vertices, info.grayordinates);
  add_command_selection(chosen, {spec.roi, spec.groups, spec.vertex_mask_path});
  request.rows = chosen.columns();
  request.notes = chosen.notes();

  std::vector<std::int32_t> selected;
  if (info.has_atlas()) {
    selected.reserve(request.rows.size());
    for (const std::uint32_t row : request.rows) selected.push_back(info.grayordinates[row]);
  }
  if (spec.expand) {
    expand(request, selected);
  } else {
    request.columns = static_cast<std::uint32_t>(request.rows.size());
    request.labels = labels_of(std::move(selected));
  }
  return request;
}

}  // namespace corticast
