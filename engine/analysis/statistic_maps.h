// Statistics at vertices, one map each, and their table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/analysis/areas_table.h"

namespace corticast {

struct StatisticMap {
  std::string name;
  std::vector<float> values;  // [columns], NaN: none
};

// One row per area and statistic: area, level, hemisphere, group, statistic, n, left_out, median,
// median_se, mean, mean_se. Tab-separated with a header, "n/a" for none, as BIDS has it. Throws
// Error{kOutput}, also if the file exists and `replace` does not allow it.
void write_area_table(const std::filesystem::path& destination, const std::vector<TableArea>& areas,
                      const std::vector<StatisticMap>& statistics, bool replace);

// A tab-separated file of any cells. Tabs and line breaks within a cell become spaces.
void write_tsv(const std::filesystem::path& destination,
               const std::vector<std::vector<std::string>>& rows, bool replace);

// The shortest decimal that is the float again is 9 digits; doubles of tables get as many. "n/a"
// for what is not finite.
std::string tsv_number(double value);

}  // namespace corticast
