// Which output columns to compute. Every front end adds to one ColumnUnion: the result is always
// the set union, ascending; order and duplicates of a request have no effect.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/atlas/roi.h"
#include "engine/atlas/vertices.h"

namespace corticast {

// A set of output columns of one model. Errors are kUsage unless said otherwise.
class ColumnUnion {
 public:
  // columns: V. grayordinates: of each column, ascending, or empty for a model without atlas; the
  // caller keeps it alive. Throws Error{kModel} for a list that is neither.
  ColumnUnion(std::uint32_t columns, std::span<const std::int32_t> grayordinates);

  // These throw for an unknown name or group, one the model has no vertex of because its vertex
  // list stops at an earlier group, or a model without atlas. An area that no column belongs to
  // adds nothing and is noted.
  void add_roi(const std::string& name, RoiNames accepted);
  void add_group(int group);
  // Names of either kind, or the one word "all", which needs no atlas.
  void add_roi_list(const std::vector<std::string>& names);

  // mask: one item per column, 0 or 1, at least one 1. name: of the mask, for messages.
  void add_mask(std::span<const std::int64_t> mask, const std::string& name);
  // columns: each < width(), in any order.
  void add_columns(std::span<const std::uint32_t> columns);
  void add_all();
  // Takes out, for good, every column that `stays` ([V]) does not mark; areas stay asked for.
  void keep(const std::vector<bool>& stays);

  std::uint32_t width() const { return static_cast<std::uint32_t>(chosen_.size()); }  // V
  std::vector<std::uint32_t> columns() const;                                         // ascending
  // Labels (1..360, ascending) of the areas that were asked for, removal emptied them or not, or
  // that hold a chosen column. All columns: every area of the model's Glasser groups.
  std::vector<int> area_labels() const;
  // One sentence per area asked for that holds no column.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  void choose_groups(int first, int last);
  void require_atlas(const std::string& wanted) const;
  void require_group(int group, const std::string& roi) const;

  std::span<const std::int32_t> grayordinates_;
  std::vector<bool> chosen_;                       // by column
  std::vector<bool> removed_;                      // by column, whoever chose it; empty: none
  std::bitset<kLabels + 1> held_, chosen_labels_;  // labels: in the model, asked for
  int last_group_ = 0;                             // the last Glasser group the model holds
  std::vector<std::string> notes_;
};

// BERG's selection dictionary. nullopt: key absent, or its value null.
struct BergSelection {
  std::optional<std::vector<std::string>> roi;           // names with L_ or R_ only
  std::optional<std::vector<int>> glasser_group;         // 1..22, or 1..5 on a visual model
  std::optional<std::vector<std::int64_t>> voxel_index;  // [V] 0 or 1, in output columns

  bool empty() const { return !roi && !glasser_group && !voxel_index; }
};

// Columns as BERG would select them; all of them for an empty selection. An empty union is an
// error.
std::vector<std::uint32_t> select_berg(std::uint32_t columns,
                                       std::span<const std::int32_t> grayordinates,
                                       const BergSelection& selection);

// Columns as MOSAIC's ROI selector would select them: "L_V1", "V1", "GlasserGroup_5", or "all" by
// itself. May be empty where removal emptied an area; an empty list of names is an error.
std::vector<std::uint32_t> select_mosaic(std::uint32_t columns,
                                         std::span<const std::int32_t> grayordinates,
                                         const std::vector<std::string>& names);

}  // namespace corticast
