#include "engine/analysis/statistic_maps.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace corticast {

std::string tsv_number(double value) {
  if (!std::isfinite(value)) return "n/a";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.9g", value);
  return text.data();
}

void write_tsv(const std::filesystem::path& destination,
               const std::vector<std::vector<std::string>>& rows, bool replace) {
  if (!replace && is_taken(destination)) {
    throw Error(ErrorCode::kOutput, destination.string() + ": exists already",
                "--force replaces it.");
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += '\t';
      for (const char c : row[i]) text += c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
    }
    text += '\n';
  }
  PendingFile file(destination);
  file.write(text.data(), text.size());
  file.commit();
}

void write_area_table(const std::filesystem::path& destination, const std::vector<TableArea>& areas,
                      const std::vector<StatisticMap>& statistics, bool replace) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(areas.size() * statistics.size() + 1);
  rows.push_back({"area", "level", "hemisphere", "group", "statistic", "n", "left_out", "median",
                  "median_se", "mean", "mean_se"});
  for (const TableArea& area : areas) {
    for (const StatisticMap& statistic : statistics) {
      const Summary summary = summarise(area, statistic.values);
      rows.push_back({area.name, area.level, area.hemisphere.empty() ? "n/a" : area.hemisphere,
                      area.group == 0 ? "n/a" : std::to_string(area.group), statistic.name,
                      std::to_string(summary.n), std::to_string(summary.left_out),
                      tsv_number(summary.median), tsv_number(summary.median_error),
                      tsv_number(summary.mean), tsv_number(summary.mean_error)});
    }
  }
  write_tsv(destination, rows, replace);
}

}  // namespace corticast
