// Values at vertices summed up per area: the whole, hemispheres, Glasser groups, areas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace corticast {

// Over the vertices that have a finite value. NaN: too few of them.
struct Summary {
  std::size_t n = 0;         // vertices with a value
  std::size_t left_out = 0;  // vertices without one
  double mean = 0, median = 0;
  // Of the mean: s / sqrt(n), s with n - 1. Of the median, without assuming a distribution: after
  // McKean and Schrader (1984, A comparison of methods for Studentizing the sample median), from
  // the two order statistics that hold it with 99 per cent. Both say how much vertices differ;
  // neighbours are not independent, so neither says how much another subject would.
  double mean_error = 0, median_error = 0;
};
// values: in any order; finite or not.
Summary summarise(std::span<const float> values);

// Some columns with a name, for tables.
struct TableArea {
  std::string name;                  // "cortex", "left", "right", "GlasserGroup_5", "L_V1"
  std::string level;                 // "all", "hemisphere", "group", "roi"
  std::string hemisphere;            // "L", "R"; empty: both
  int group = 0;                     // 0: not of one group
  std::vector<std::size_t> columns;  // ascending, never empty
};

// Areas that hold a column, from large to small: all columns, hemispheres, groups 1..22 (both
// sides), areas in the atlas's order. grayordinates: [columns], or empty: all columns only.
std::vector<TableArea> table_areas(std::span<const std::int32_t> grayordinates,
                                   std::size_t columns);

// Of one area: the values of a map [columns] at its columns.
Summary summarise(const TableArea& area, std::span<const float> map);

}  // namespace corticast
