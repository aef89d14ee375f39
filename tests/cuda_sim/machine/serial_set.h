// A set of block serials (race_cell.h), kept as ranges.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace cuda_sim {

class SerialSet {
 public:
  void clear() { ranges_.clear(); }
  bool empty() const { return ranges_.empty(); }
  // All of [first, last].
  void add(std::uint32_t first, std::uint32_t last);
  void add(const SerialSet& other);
  bool contains(std::uint32_t serial) const { return covers(serial, serial); }
  bool covers(std::uint32_t first, std::uint32_t last) const;

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;  // ascending, never touching
};

}  // namespace cuda_sim
