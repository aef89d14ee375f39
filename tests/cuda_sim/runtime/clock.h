// A vector clock: which operations lie before one. Operations of a chain (a stream, a branch of a
// graph's replay) are numbered 1, 2, ...
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

namespace cuda_sim::runtime {

class Clock {
 public:
  void merge(const Clock& other) {
    for (const auto& [chain, position] : other.seen_) {
      std::uint64_t& mine = seen_[chain];
      mine = std::max(mine, position);
    }
  }
  void see(std::uint32_t chain, std::uint64_t position) {
    std::uint64_t& mine = seen_[chain];
    mine = std::max(mine, position);
  }
  bool has_seen(std::uint32_t chain, std::uint64_t position) const {
    const auto found = seen_.find(chain);
    return found != seen_.end() && found->second >= position;
  }

 private:
  std::map<std::uint32_t, std::uint64_t> seen_;
};

}  // namespace cuda_sim::runtime
