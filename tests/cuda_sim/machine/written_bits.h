// One bit per byte of a memory: was it ever written?
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace cuda_sim {

class WrittenBits {
 public:
  WrittenBits() = default;
  // words: 64 bytes' bits each, owned by the caller.
  explicit WrittenBits(std::uint64_t* words) : words_(words) {}

  // The first byte of [begin, end) that was never written, or end.
  std::uint64_t first_unwritten(std::uint64_t begin, std::uint64_t end) const {
    for (std::uint64_t at = begin; at < end; at = (at / 64 + 1) * 64) {
      const std::uint64_t missing = ~words_[at / 64] & mask(at, end);
      if (missing != 0) {
        return at / 64 * 64 + static_cast<unsigned>(std::countr_zero(missing));
      }
    }
    return end;
  }
  void mark(std::uint64_t begin, std::uint64_t end) {
    for (std::uint64_t at = begin; at < end; at = (at / 64 + 1) * 64) {
      words_[at / 64] |= mask(at, end);
    }
  }

 private:
  // Bits of the word that holds byte `at`, from `at` up to `end` or the word's end.
  static std::uint64_t mask(std::uint64_t at, std::uint64_t end) {
    const std::uint64_t count = std::min(end - at, 64 - at % 64);
    return (~std::uint64_t{0} >> (64 - count)) << (at % 64);
  }

  std::uint64_t* words_ = nullptr;
};

}  // namespace cuda_sim
