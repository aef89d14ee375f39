// Maps: the noun that everything after a run shares. A map is one value per vertex: the responses
// of a subject to one image, a measured pattern, a correlation, a contrast.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/row_range.h"

namespace corticast {

// Some maps over the same columns. Read where it is asked for, so that a file larger than memory
// can be one. One thread at a time.
class Maps {
 public:
  virtual ~Maps() = default;
  // One per map, in order: image paths, names of statistics. Bytes as given: not always UTF-8, not
  // always different from each other.
  virtual const std::vector<std::string>& names() const = 0;
  virtual std::size_t columns() const = 0;
  // Grayordinate (0 .. 91,281) of each column, ascending, each once; empty where columns are
  // numbered only.
  virtual const std::vector<std::int32_t>& grayordinates() const = 0;
  // Maps `range` into out [range.count, columns()], float32; NaN: no value.
  virtual void read(RowRange range, float* out) const = 0;
};

// Maps in memory.
class MemoryMaps final : public Maps {
 public:
  // values: [names.size(), columns]; grayordinates: [columns] or empty.
  MemoryMaps(std::vector<std::string> names, std::size_t columns,
             std::vector<std::int32_t> grayordinates, std::vector<float> values);
  const std::vector<std::string>& names() const override { return names_; }
  std::size_t columns() const override { return columns_; }
  const std::vector<std::int32_t>& grayordinates() const override { return grayordinates_; }
  void read(RowRange range, float* out) const override;

 private:
  std::vector<std::string> names_;
  std::size_t columns_;
  std::vector<std::int32_t> grayordinates_;
  std::vector<float> values_;
};

}  // namespace corticast
