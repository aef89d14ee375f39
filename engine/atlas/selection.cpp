#include "engine/atlas/selection.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

void check_grayordinates(std::uint32_t columns, std::span<const std::int32_t> list) {
  if (list.empty()) return;
  if (list.size() != columns) {
    throw Error(ErrorCode::kModel, "the model has " + grouped(columns) +
                                       " vertices but its vertex list " + grouped(list.size()));
  }
  std::int32_t previous = -1;
  for (const std::int32_t g : list) {
    if (g <= previous || g >= kGrayordinates) {
      throw Error(ErrorCode::kModel, "the model's vertex list is not ascending within 0..91,281: " +
                                         std::to_string(g) + " follows " +
                                         std::to_string(previous));
    }
    previous = g;
  }
}

}  // namespace

ColumnUnion::ColumnUnion(std::uint32_t columns, std::span<const std::int32_t> grayordinates)
    : grayordinates_(grayordinates), chosen_(columns) {
  check_grayordinates(columns, grayordinates);
  for (const std::int32_t g : grayordinates) held_.set(static_cast<std::size_t>(label_of(g)));
  for (int label = 1; label <= kLabels; ++label) {
    if (held_[static_cast<std::size_t>(label)]) {
      last_group_ = std::max(last_group_, label_group(label));
    }
  }
}

void ColumnUnion::require_atlas(const std::string& wanted) const {
  if (!grayordinates_.empty()) return;
  throw Error(ErrorCode::kUsage,
              wanted + " cannot be selected: this model has no atlas, its " +
                  grouped(chosen_.size()) + " columns are not tied to places in the brain",
              "Select columns with --vertex-mask, or use all of them.");
}

void ColumnUnion::require_group(int group, const std::string& roi) const {
  if (group <= last_group_) return;
  throw Error(ErrorCode::kUsage,
              "ROI '" + roi + "' (Glasser group " + std::to_string(group) +
                  ") is outside this model, which predicts groups 1-" +
                  std::to_string(last_group_) + " only",
              "`corticast rois MODEL` lists the areas of a model.");
}

void ColumnUnion::add_roi(const std::string& name, RoiNames accepted) {
  require_atlas("ROI '" + name + "'");
  const std::vector<int>& labels = labels_named(name, accepted);
  if (labels.empty()) {
    const std::string suggestion = suggest_roi(name, accepted);
    throw Error(ErrorCode::kUsage, "unknown ROI '" + name + "'",
                (suggestion.empty() ? "" : "Did you mean " + suggestion + "? ") +
                    std::string("`corticast rois` lists all names; upper and lower case differ."));
  }
  bool any = false;
  for (const int label : labels) {
    require_group(label_group(label), name);
    chosen_labels_.set(static_cast<std::size_t>(label));
    any = any || held_[static_cast<std::size_t>(label)];
  }
  if (!any) notes_.push_back(name + " holds no vertex of this model and adds no column");
}

void ColumnUnion::add_roi_list(const std::vector<std::string>& names) {
  if (names == std::vector<std::string>{"all"}) return add_all();
  for (const std::string& name : names) add_roi(name, RoiNames::kAny);
}

void ColumnUnion::add_group(int group) {
  const std::string wanted = "Glasser group " + std::to_string(group);
  require_atlas(wanted);
  if (group < 1 || group > last_group_) {
    throw Error(ErrorCode::kUsage,
                wanted + " does not exist in this model, which predicts groups 1-" +
                    std::to_string(last_group_),
                "`corticast rois MODEL` lists the areas of each group.");
  }
  choose_groups(group, group);
}

void ColumnUnion::add_mask(std::span<const std::int64_t> mask, const std::string& name) {
  if (mask.size() != chosen_.size()) {
    throw Error(ErrorCode::kUsage,
                name + ": " + grouped(mask.size()) + " items, this model has " +
                    grouped(chosen_.size()) + " output columns",
                "A mask has one item per output column, not per grayordinate.");
  }
  bool any = false;
  for (std::size_t column = 0; column < mask.size(); ++column) {
    if (mask[column] != 0 && mask[column] != 1) {
      throw Error(ErrorCode::kUsage,
                  name + ": item " + std::to_string(column) + " is " +
                      std::to_string(mask[column]) + ", expected 0 or 1",
                  "Write 1 for each column to keep and 0 elsewhere.");
    }
    if (mask[column] == 1) chosen_[column] = any = true;
  }
  if (!any) throw Error(ErrorCode::kUsage, name + ": no item is 1", "Mark at least one column.");
}

void ColumnUnion::add_columns(std::span<const std::uint32_t> columns) {
  for (const std::uint32_t column : columns) {
    if (column >= chosen_.size()) {
      throw Error(ErrorCode::kUsage,
                  "vertex " + grouped(column) + " does not exist, this model has " +
                      grouped(chosen_.size()) + ", counted from 0",
                  "Vertices are numbered as columns of the model, not as grayordinates.");
    }
    chosen_[column] = true;
  }
}

void ColumnUnion::add_all() {
  std::fill(chosen_.begin(), chosen_.end(), true);
  choose_groups(1, last_group_);
}

void ColumnUnion::keep(const std::vector<bool>& stays) {
  removed_.resize(chosen_.size());
  for (std::size_t column = 0; column < chosen_.size(); ++column) {
    if (!stays[column]) removed_[column] = true;
  }
}

void ColumnUnion::choose_groups(int first, int last) {
  for (int label = 1; label <= 2 * kAreas; ++label) {
    const int group = label_group(label);
    if (group >= first && group <= last) chosen_labels_.set(static_cast<std::size_t>(label));
  }
}

std::vector<std::uint32_t> ColumnUnion::columns() const {
  std::vector<std::uint32_t> result;
  for (std::uint32_t column = 0; column < chosen_.size(); ++column) {
    if (!removed_.empty() && removed_[column]) continue;
    if (chosen_[column] ||
        (!grayordinates_.empty() &&
         chosen_labels_[static_cast<std::size_t>(label_of(grayordinates_[column]))])) {
      result.push_back(column);
    }
  }
  return result;
}

std::vector<int> ColumnUnion::area_labels() const {
  std::bitset<kLabels + 1> present = chosen_labels_;
  for (std::size_t column = 0; column < grayordinates_.size(); ++column) {
    if (chosen_[column]) present.set(static_cast<std::size_t>(label_of(grayordinates_[column])));
  }
  std::vector<int> labels;
  labels.reserve(2 * kAreas);
  for (int label = 1; label <= 2 * kAreas; ++label) {
    if (present[static_cast<std::size_t>(label)]) labels.push_back(label);
  }
  return labels;
}

std::vector<std::uint32_t> select_berg(std::uint32_t columns,
                                       std::span<const std::int32_t> grayordinates,
                                       const BergSelection& selection) {
  ColumnUnion chosen(columns, grayordinates);
  if (selection.empty()) chosen.add_all();
  if (selection.roi) {
    for (const std::string& name : *selection.roi) chosen.add_roi(name, RoiNames::kOneSide);
  }
  if (selection.glasser_group) {
    for (const int group : *selection.glasser_group) chosen.add_group(group);
  }
  if (selection.voxel_index) chosen.add_mask(*selection.voxel_index, "voxel_index");
  std::vector<std::uint32_t> result = chosen.columns();
  if (result.empty()) throw Error(ErrorCode::kUsage, "the selection holds no vertex");
  return result;
}

std::vector<std::uint32_t> select_mosaic(std::uint32_t columns,
                                         std::span<const std::int32_t> grayordinates,
                                         const std::vector<std::string>& names) {
  if (names.empty()) throw Error(ErrorCode::kUsage, "the list of ROIs is empty");
  ColumnUnion chosen(columns, grayordinates);
  chosen.add_roi_list(names);
  return chosen.columns();
}

}  // namespace corticast
