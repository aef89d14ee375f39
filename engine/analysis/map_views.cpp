#include "engine/analysis/map_views.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/base/error.h"

namespace corticast {
namespace {

void check_range(RowRange range, std::size_t maps) {
  if (range.first > maps || range.count > maps - range.first) {
    throw Error(ErrorCode::kInternal, "maps beyond the last one");
  }
}

}  // namespace

SelectedMaps::SelectedMaps(const Maps& maps, std::vector<std::size_t> rows,
                           std::vector<std::size_t> columns)
    : maps_(maps), rows_(std::move(rows)), columns_(std::move(columns)) {
  names_.reserve(rows_.size());
  for (const std::size_t row : rows_) names_.push_back(maps.names().at(row));
  if (!maps.grayordinates().empty()) {
    grayordinates_.reserve(columns_.size());
    for (const std::size_t column : columns_) {
      grayordinates_.push_back(maps.grayordinates().at(column));
    }
  }
  // Ascending, each once: as many as there are, they are all of them.
  all_columns_ = columns_.size() == maps.columns();
}

void SelectedMaps::read(RowRange range, float* out) const {
  check_range(range, rows_.size());
  for (std::size_t at = 0; at < range.count;) {
    const std::size_t first = rows_[range.first + at];
    std::size_t count = 1;  // neighbours in one go
    while (at + count < range.count && rows_[range.first + at + count] == first + count) ++count;
    float* const target = out + at * columns();
    if (all_columns_) {
      maps_.read({first, count}, target);
    } else {
      buffer_.resize(count * maps_.columns());
      maps_.read({first, count}, buffer_.data());
      for (std::size_t r = 0; r < count; ++r) {
        const float* const row = buffer_.data() + r * maps_.columns();
        for (std::size_t c = 0; c < columns(); ++c) target[r * columns() + c] = row[columns_[c]];
      }
    }
    at += count;
  }
}

MeanMaps::MeanMaps(const Maps& maps, std::vector<std::string> names,
                   std::vector<std::vector<std::size_t>> members)
    : maps_(maps), names_(std::move(names)), members_(std::move(members)) {}

void MeanMaps::read(RowRange range, float* out) const {
  check_range(range, names_.size());
  std::vector<float> one(columns());
  std::vector<double> sum(columns()), count(columns());
  for (std::size_t i = 0; i < range.count; ++i) {
    std::fill(sum.begin(), sum.end(), 0.0);
    std::fill(count.begin(), count.end(), 0.0);
    for (const std::size_t member : members_[range.first + i]) {
      maps_.read({member, 1}, one.data());
      for (std::size_t c = 0; c < columns(); ++c) {
        if (!std::isfinite(one[c])) continue;
        sum[c] += double{one[c]};
        count[c] += 1;
      }
    }
    for (std::size_t c = 0; c < columns(); ++c) {
      out[i * columns() + c] = count[c] > 0 ? static_cast<float>(sum[c] / count[c])
                                            : std::numeric_limits<float>::quiet_NaN();
    }
  }
}

std::vector<std::size_t> all_of(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace corticast
