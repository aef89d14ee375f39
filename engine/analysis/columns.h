// Columns that several sets of maps share, and some of them by area.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/maps/maps.h"

namespace corticast {

struct SharedColumns {
  std::vector<std::size_t> left, right;     // ascending; left[i] and right[i] are the same vertex
  std::vector<std::int32_t> grayordinates;  // of each; empty where columns are numbered only
  bool by_position = false;  // one of the two is numbered only: taken to have the other's columns
};

// By grayordinate where both know theirs, else by position, which wants equal numbers of columns.
// left_name, right_name: for messages. Throws Error{kUsage} where they share none.
SharedColumns shared_columns(const Maps& left, const std::string& left_name, const Maps& right,
                             const std::string& right_name);

// Which of some columns --roi and --group select: indices, ascending; all for an empty selection.
// notes: what the user should be told, added to. Throws Error{kUsage} as the selection of encode.
std::vector<std::size_t> columns_of_areas(const std::vector<std::int32_t>& grayordinates,
                                          std::size_t columns, const std::vector<std::string>& roi,
                                          const std::string& groups,
                                          std::vector<std::string>& notes);

// Throws Error{kUsage} for maps of a reduction or of numbered columns, where vertices are needed.
void require_vertices(const Maps& maps, const std::string& name, const std::string& what_for);

}  // namespace corticast
