#include "engine/atlas/resolve.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/atlas/area_means.h"
#include "engine/atlas/command_selection.h"
#include "engine/atlas/matrix_file.h"
#include "engine/atlas/matrix_reduction.h"
#include "engine/atlas/noise_ceiling.h"
#include "engine/atlas/subjects.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr const char* kRoiMean = "roi-mean";
constexpr const char* kGroupMean = "group-mean";

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

void check_reduce(const ModelInfo& info, const RequestSpec& spec) {
  if (spec.expand) {
    throw Error(ErrorCode::kUsage,
                "--expand gives every grayordinate a column, --reduce " + spec.reduce +
                    " gives columns that are no grayordinates",
                "Leave one of them away.");
  }
  if (spec.reduce == kRoiMean || spec.reduce == kGroupMean) {
    if (info.has_atlas()) return;
    throw Error(ErrorCode::kUsage,
                "--reduce " + spec.reduce + " needs areas: this model has no atlas, its " +
                    grouped(info.vertices) + " columns are not tied to places in the brain",
                "Give the weights of each output as a matrix, --reduce FILE.npy.");
  }
  if (is_matrix_name(spec.reduce)) return;
  const std::string meant = nearest(spec.reduce, {kRoiMean, kGroupMean});
  throw Error(ErrorCode::kUsage,
              "--reduce " + spec.reduce +
                  ": neither roi-mean, group-mean nor a file of the ending "
                  ".npy, .h5 or .hdf5",
              meant.empty() ? "" : "Did you mean " + meant + "?");
}

// Of outputs that average nothing, one sentence with their names.
void note_empty(Request& request) {
  const Reduction& reduction = *request.reduction;
  std::string names;
  std::size_t empty = 0;
  for (std::size_t output = 0; output < reduction.outputs(); ++output) {
    if (reduction.begin[output + 1] > reduction.begin[output]) continue;
    names += (empty++ == 0 ? "" : ", ") + reduction.names[output];
  }
  if (empty == 0) return;
  request.notes.push_back(names + (empty == 1 ? " holds" : " hold") +
                          " no vertex of this model: the mean is NaN");
}

void reduce(Request& request, const std::string& how, const ColumnUnion& chosen,
            std::span<const std::int32_t> grayordinates) {
  ReducedRows reduced;
  if (how == kRoiMean || how == kGroupMean) {
    const AreaUnit unit = how == kRoiMean ? AreaUnit::kRoi : AreaUnit::kGroup;
    reduced = area_means(unit, chosen, grayordinates);
    // An emptied area is an output of its own, and said to be NaN.
    if (unit == AreaUnit::kRoi) {
      const std::vector<std::string>& of_areas = chosen.notes();
      std::erase_if(request.notes, [&](const std::string& note) {
        return std::find(of_areas.begin(), of_areas.end(), note) != of_areas.end();
      });
    }
  } else {
    reduced = matrix_reduction(how, request.rows);
  }
  request.rows = std::move(reduced.rows);
  request.columns = static_cast<std::uint32_t>(reduced.reduction.outputs());
  request.reduction = std::make_shared<const Reduction>(std::move(reduced.reduction));
  note_empty(request);
}

// model: only asked for noise ceilings.
Request resolve(const ModelInfo& info, const Model* model, const RequestSpec& spec) {
  if (spec.expand && !info.has_atlas()) {
    throw Error(ErrorCode::kUsage,
                "--expand needs the place of each column: this model has no atlas, its " +
                    grouped(info.vertices) + " columns are not tied to grayordinates",
                "Leave --expand away.");
  }
  if (!spec.reduce.empty()) check_reduce(info, spec);
  Request request;
  request.targets = resolve_subjects(info, spec.subjects);

  ColumnUnion chosen(info.vertices, info.grayordinates);
  add_command_selection(chosen, {spec.roi, spec.groups, spec.vertex_mask_path, spec.vertices});
  std::string ceiling_note;
  if (!spec.min_noise_ceiling.empty()) {
    if (model == nullptr) throw Error(ErrorCode::kInternal, "noise ceilings asked of a header");
    ceiling_note = keep_reliable(chosen, *model, request.targets, spec.min_noise_ceiling);
  }
  request.rows = chosen.columns();
  request.notes = chosen.notes();
  if (!ceiling_note.empty()) request.notes.push_back(ceiling_note);

  if (!spec.reduce.empty()) {
    reduce(request, spec.reduce, chosen, info.grayordinates);
    return request;
  }
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

}  // namespace

Request resolve_request(const Model& model, const RequestSpec& spec) {
  return resolve(model.info(), &model, spec);
}

Request resolve_request(const ModelInfo& info, const RequestSpec& spec) {
  return resolve(info, nullptr, spec);
}

}  // namespace corticast
