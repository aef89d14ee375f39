// Seeded numbers for tests, the same on every machine.
#pragma once

#include <cstdint>
#include <vector>

namespace corticast::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {  // SplitMix64
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) { return bits() % n; }
  float uniform() {  // -1 .. 1
    return static_cast<float>(static_cast<double>(bits() >> 11) / 4503599627370496.0 - 1.0);
  }
  std::vector<float> floats(std::size_t n) {
    std::vector<float> values(n);
    for (float& value : values) value = uniform();
    return values;
  }

 private:
  std::uint64_t state_;
};

}  // namespace corticast::test
