#include "tests/cuda_sim/machine/serial_set.h"

#include <algorithm>

namespace cuda_sim {

void SerialSet::add(std::uint32_t first, std::uint32_t last) {
  // The ranges that overlap or touch [first, last] melt into it.
  auto begin = std::find_if(ranges_.begin(), ranges_.end(),
                            [&](const auto& range) { return range.second + 1 >= first; });
  auto end = begin;
  while (end != ranges_.end() && end->first <= last + 1) {
    first = std::min(first, end->first);
    last = std::max(last, end->second);
    ++end;
  }
  begin = ranges_.erase(begin, end);
  ranges_.insert(begin, {first, last});
}

void SerialSet::add(const SerialSet& other) {
  for (const auto& [first, last] : other.ranges_) add(first, last);
}

bool SerialSet::covers(std::uint32_t first, std::uint32_t last) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), first,
                       [](std::uint32_t value, const auto& range) { return value < range.first; });
  return after != ranges_.begin() && last <= std::prev(after)->second;
}

}  // namespace cuda_sim
