// Maps to write and read again, with values that tell where they belong.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/maps/maps.h"

namespace corticast::test {

// Value of a map at a grayordinate: different everywhere, exact in float32.
inline float value_at(std::size_t map, std::int32_t grayordinate) {
  return static_cast<float>(grayordinate) + 0.125f * static_cast<float>(map % 8) +
         100000.0f * static_cast<float>(map / 8);
}

inline MemoryMaps example_maps(std::vector<std::string> names,
                               std::vector<std::int32_t> grayordinates) {
  std::vector<float> values;
  values.reserve(names.size() * grayordinates.size());
  for (std::size_t map = 0; map < names.size(); ++map) {
    for (const std::int32_t g : grayordinates) values.push_back(value_at(map, g));
  }
  const std::size_t columns = grayordinates.size();
  return MemoryMaps(std::move(names), columns, std::move(grayordinates), std::move(values));
}

inline std::vector<std::int32_t> range_of(std::int32_t first, std::int32_t end,
                                          std::int32_t step = 1) {
  std::vector<std::int32_t> list;
  for (std::int32_t g = first; g < end; g += step) list.push_back(g);
  return list;
}

inline std::vector<float> all_values(const Maps& maps) {
  std::vector<float> values(maps.names().size() * maps.columns());
  maps.read({0, maps.names().size()}, values.data());
  return values;
}

}  // namespace corticast::test
