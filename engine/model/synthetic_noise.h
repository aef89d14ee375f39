// Numbers for synthetic models, the same on every machine.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "engine/base/digest.h"

namespace corticast {

// Nearly normal integers from a counter: the sum of the four 16-bit parts of SplitMix64's output
// (Steele, Lea and Flood 2014), less its mean. Integers and one correctly rounded multiplication
// are the same everywhere, which std::normal_distribution and std::log are not.
class SyntheticNoise {
 public:
  SyntheticNoise(std::uint64_t seed, const std::string& tensor)
      : key_(mix(seed ^ xxh3(as_byte_span(tensor)))) {}

  std::int64_t at(std::uint64_t i) const {
    const std::uint64_t z = mix(key_ + i * 0x9E3779B97F4A7C15u);
    const std::uint64_t sum =
        (z & 0xFFFF) + ((z >> 16) & 0xFFFF) + ((z >> 32) & 0xFFFF) + (z >> 48);
    return static_cast<std::int64_t>(sum) - 2 * 0xFFFF;
  }
  // Standard deviation of at(): four uniform integers of variance (2^32 - 1) / 12.
  static double deviation() { return std::sqrt((4294967296.0 - 1.0) / 3.0); }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t key_;
};

}  // namespace corticast
