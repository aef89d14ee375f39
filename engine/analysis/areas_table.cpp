#include "engine/analysis/areas_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/analysis/map_views.h"
#include "engine/analysis/moments.h"
#include "engine/atlas/roi.h"
#include "engine/atlas/vertices.h"

namespace corticast {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double median_error(const std::vector<float>& sorted) {
  constexpr double kZ = 2.5758293035489004;  // the normal quantile of 0.995
  const auto n = static_cast<double>(sorted.size());
  const double low = std::max(1.0, std::round((n + 1) / 2 - kZ * std::sqrt(n / 4)));
  const auto at = static_cast<std::size_t>(low);
  const double width = double{sorted[sorted.size() - at]} - double{sorted[at - 1]};
  return width / (2 * kZ);
}

bool is_cortical(std::int32_t grayordinate) {
  return grayordinate < kCortex;
}

}  // namespace

Summary summarise(std::span<const float> values) {
  std::vector<float> sorted;
  sorted.reserve(values.size());
  for (const float value : values) {
    if (std::isfinite(value)) sorted.push_back(value);
  }
  Summary summary{sorted.size(), values.size() - sorted.size(), kNone, kNone, kNone, kNone};
  if (sorted.empty()) return summary;
  std::sort(sorted.begin(), sorted.end());
  Moments moments(1);
  moments.add(sorted.data(), sorted.size());
  const auto n = static_cast<double>(summary.n);
  const std::size_t half = summary.n / 2;
  summary.mean = moments.mean[0];
  summary.median = summary.n % 2 == 1 ? double{sorted[half]}
                                      : (double{sorted[half - 1]} + double{sorted[half]}) / 2;
  if (summary.n < 2) return summary;
  summary.mean_error = std::sqrt(moments.squares[0] / (n - 1) / n);
  summary.median_error = median_error(sorted);
  return summary;
}

std::vector<TableArea> table_areas(std::span<const std::int32_t> grayordinates,
                                   std::size_t columns) {
  std::vector<TableArea> areas;
  areas.push_back({grayordinates.empty() ? "all" : "cortex", "all", "", 0, {}});
  if (grayordinates.empty()) {
    areas.front().columns = all_of(columns);
    return areas;
  }
  areas.push_back({"left", "hemisphere", "L", 0, {}});
  areas.push_back({"right", "hemisphere", "R", 0, {}});
  for (int group = 1; group <= kGroups; ++group) {
    areas.push_back({group_name(group), "group", "", group, {}});
  }
  const std::size_t first_area = areas.size();
  for (int label = 1; label <= 2 * kAreas; ++label) {
    areas.push_back(
        {label_name(label), "roi", label <= kAreas ? "L" : "R", label_group(label), {}});
  }
  for (std::size_t c = 0; c < grayordinates.size(); ++c) {
    const std::int32_t g = grayordinates[c];
    if (!is_cortical(g)) continue;
    const auto group = static_cast<std::size_t>(group_of(g));
    const auto label = static_cast<std::size_t>(label_of(g));
    for (const std::size_t at : {std::size_t{0}, std::size_t{g < kLeftCortex ? 1U : 2U}, 2 + group,
                                 first_area + label - 1}) {
      areas[at].columns.push_back(c);
    }
  }
  std::erase_if(areas, [](const TableArea& area) { return area.columns.empty(); });
  return areas;
}

Summary summarise(const TableArea& area, std::span<const float> map) {
  std::vector<float> values;
  values.reserve(area.columns.size());
  for (const std::size_t column : area.columns) values.push_back(map[column]);
  return summarise(values);
}

}  // namespace corticast
