#include "engine/analysis/columns.h"

#include "engine/analysis/map_views.h"
#include "engine/atlas/command_selection.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {

SharedColumns shared_columns(const Maps& left, const std::string& left_name, const Maps& right,
                             const std::string& right_name) {
  SharedColumns shared;
  const std::vector<std::int32_t>& a = left.grayordinates();
  const std::vector<std::int32_t>& b = right.grayordinates();
  if (a.empty() || b.empty()) {
    if (left.columns() != right.columns()) {
      throw Error(ErrorCode::kUsage,
                  (a.empty() ? left_name : right_name) +
                      ": its columns are not tied to vertices, "
                      "and there are " +
                      grouped(a.empty() ? left.columns() : right.columns()) + " of them where " +
                      (a.empty() ? right_name : left_name) + " has " +
                      grouped(a.empty() ? right.columns() : left.columns()),
                  "Use a file that knows its vertices (.dscalar.nii, .func.gii, MOSAIC's HDF5, or "
                  ".npy of 57,051, 7,831, 59,412 or 91,282 columns).");
    }
    shared.left = all_of(left.columns());
    shared.right = shared.left;
    shared.grayordinates = a.empty() ? b : a;
    shared.by_position = a.empty() != b.empty();
    return shared;
  }
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      shared.left.push_back(i);
      shared.right.push_back(j);
      shared.grayordinates.push_back(a[i]);
    }
    const bool step_left = a[i] <= b[j];
    const bool step_right = b[j] <= a[i];
    i += step_left ? 1 : 0;
    j += step_right ? 1 : 0;
  }
  if (shared.left.empty()) {
    throw Error(ErrorCode::kUsage, left_name + " and " + right_name +
                                       " share no vertex: " + grouped(a.size()) + " and " +
                                       grouped(b.size()) + " vertices, of different areas");
  }
  return shared;
}

std::vector<std::size_t> columns_of_areas(const std::vector<std::int32_t>& grayordinates,
                                          std::size_t columns, const std::vector<std::string>& roi,
                                          const std::string& groups,
                                          std::vector<std::string>& notes) {
  CommandSelection selection;
  selection.roi = roi;
  selection.groups = groups;
  if (selection.empty()) return all_of(columns);
  if (grayordinates.empty()) {
    throw Error(
        ErrorCode::kUsage,
        "areas cannot be selected: the " + grouped(columns) + " columns are not tied to vertices",
        "Use a file that knows its vertices, or leave --roi and --group out.");
  }
  ColumnUnion chosen(static_cast<std::uint32_t>(columns), grayordinates);
  add_command_selection(chosen, selection);
  notes.insert(notes.end(), chosen.notes().begin(), chosen.notes().end());
  const std::vector<std::uint32_t> picked = chosen.columns();
  return {picked.begin(), picked.end()};
}

void require_vertices(const Maps& maps, const std::string& name, const std::string& what_for) {
  if (!maps.grayordinates().empty()) return;
  throw Error(ErrorCode::kUsage,
              name + ": its " + grouped(maps.columns()) + " columns are not vertices, which " +
                  what_for + " needs",
              "Use responses that were predicted without --reduce, or write .npy.");
}

}  // namespace corticast
