// Weighted sums of rows of bytes. Included only by sources that are compiled once per instruction
// set; no library headers, as in tile.h.
//
// A vector of 32-bit lanes is read as four bytes a lane. Shifts and masks take the bytes of one
// place out of all lanes and put the rounded sums back in their place: nothing changes lanes, and
// every instruction set has these operations. (Conversions of byte vectors to 32 bits, GCC 12 takes
// apart byte by byte.)
#pragma once

#include <cstddef>
#include <cstdint>

namespace corticast::kernels::cpu {
namespace {

// Internal linkage is the point: every instruction set has its own.
// NOLINTBEGIN(misc-definitions-in-headers)
constexpr int kResizeBits = 22;
constexpr std::uint32_t kResizeHalf = 1u << (kResizeBits - 1);
constexpr std::size_t kQuadBytes = CORTICAST_LANES * sizeof(std::uint32_t);
// NOLINTEND(misc-definitions-in-headers)

typedef std::uint32_t Lanes __attribute__((vector_size(kQuadBytes)));
typedef Lanes LanesInMemory __attribute__((aligned(1), may_alias));

// Sums of kQuadBytes neighbouring columns, by the place of the byte in its lane.
struct QuadSums {
  Lanes first;
  Lanes second;
  Lanes third;
  Lanes fourth;

  QuadSums() : first(Lanes{} + kResizeHalf), second(first), third(first), fourth(first) {}

  void add(const std::uint8_t* row, std::int32_t weight) {
    const Lanes bytes = *static_cast<const LanesInMemory*>(static_cast<const void*>(row));
    const auto factor = static_cast<std::uint32_t>(weight);
    first += (bytes & 0xFF) * factor;
    second += (bytes >> 8 & 0xFF) * factor;
    third += (bytes >> 16 & 0xFF) * factor;
    fourth += (bytes >> 24) * factor;
  }
  // Weights are never negative and add up to 1 within a few units of 2^-22, so that a rounded sum
  // lies between 0 and 255 without clamping.
  void store(std::uint8_t* to) const {
    *static_cast<LanesInMemory*>(static_cast<void*>(to)) =
        first >> kResizeBits | second >> kResizeBits << 8 | third >> kResizeBits << 16 |
        fourth >> kResizeBits << 24;
  }
};

}  // namespace
}  // namespace corticast::kernels::cpu
