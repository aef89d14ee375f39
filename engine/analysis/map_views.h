// Maps made of other maps: some of them, some of their columns, means of several.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/maps/maps.h"

namespace corticast {

// Maps `rows` of another, in that order, a row as often as it is named, and of each the columns
// `columns` (ascending). The other must outlive it.
class SelectedMaps final : public Maps {
 public:
  SelectedMaps(const Maps& maps, std::vector<std::size_t> rows, std::vector<std::size_t> columns);
  const std::vector<std::string>& names() const override { return names_; }
  std::size_t columns() const override { return columns_.size(); }
  const std::vector<std::int32_t>& grayordinates() const override { return grayordinates_; }
  void read(RowRange range, float* out) const override;

 private:
  const Maps& maps_;
  std::vector<std::size_t> rows_, columns_;
  std::vector<std::string> names_;
  std::vector<std::int32_t> grayordinates_;
  bool all_columns_;
  mutable std::vector<float> buffer_;
};

// One map per name: the mean over members[i] of another's maps, per vertex over those that have a
// finite value there; NaN where none has. The other must outlive it.
class MeanMaps final : public Maps {
 public:
  MeanMaps(const Maps& maps, std::vector<std::string> names,
           std::vector<std::vector<std::size_t>> members);
  const std::vector<std::string>& names() const override { return names_; }
  std::size_t columns() const override { return maps_.columns(); }
  const std::vector<std::int32_t>& grayordinates() const override { return maps_.grayordinates(); }
  void read(RowRange range, float* out) const override;

 private:
  const Maps& maps_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::size_t>> members_;
};

// 0, 1, ... count - 1.
std::vector<std::size_t> all_of(std::size_t count);

}  // namespace corticast
