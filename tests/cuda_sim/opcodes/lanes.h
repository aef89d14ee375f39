// Loops over the 32 lanes of a warp, written so that compilers vectorise them.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>

#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/machine/warp.h"

// A destination may be the same register as a source: lane i then reads before it writes, and no
// other lane is concerned, so the iterations are independent.
#if defined(__clang__)
#define CUDA_SIM_INDEPENDENT_LANES _Pragma("clang loop vectorize(assume_safety)")
#else
#define CUDA_SIM_INDEPENDENT_LANES _Pragma("GCC ivdep")
#endif

namespace cuda_sim {

inline constexpr std::array<std::uint32_t, kLanes> kLaneBit = [] {
  std::array<std::uint32_t, kLanes> bits{};
  for (unsigned i = 0; i < kLanes; ++i) bits[i] = 1U << i;
  return bits;
}();

// to[lane] = values[lane] for the lanes of the mask.
template <class T>
inline void blend_lanes(T* to, const T* values, std::uint32_t lanes) {
  for (unsigned i = 0; i < kLanes; ++i) to[i] = (lanes & kLaneBit[i]) != 0 ? values[i] : to[i];
}

// The destination's active lanes become value(lane). value is called for all lanes, active or not,
// so it must be defined for any input and have no effect.
template <class T, class F>
inline void write_lanes(Warp& warp, LaneRef to, F value) {
  T* out = warp.write<T>(to);
  if (warp.active == kAllLanes) {
    CUDA_SIM_INDEPENDENT_LANES
    for (unsigned i = 0; i < kLanes; ++i) out[i] = value(i);
    return;
  }
  T values[kLanes];
  for (unsigned i = 0; i < kLanes; ++i) values[i] = value(i);
  blend_lanes(out, values, warp.active);
}

// operands[0] = Operation::apply(operands[1], ...) in every active lane. Result and Sources are
// types as wide as the registers.
template <class Operation, class Result, class... Sources>
void map_lanes(Warp& warp, const Step& step) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const std::tuple<const Sources*...> in{warp.read<Sources>(step.operands[I + 1])...};
    write_lanes<Result>(warp, step.operands[0], [in](unsigned lane) {
      return static_cast<Result>(Operation::apply(std::get<I>(in)[lane]...));
    });
  }(std::index_sequence_for<Sources...>{});
}

// The mask of lanes for which condition(lane) holds, of all 32.
template <class F>
inline std::uint32_t lanes_where(F condition) {
  alignas(32) std::uint8_t flags[kLanes];
  for (unsigned i = 0; i < kLanes; ++i) flags[i] = condition(i) ? 1 : 0;
  std::uint32_t mask = 0;
  for (unsigned byte = 0; byte < 4; ++byte) {
    // Moves bit 0 of byte k to bit 56 + k.
    std::uint64_t eight = 0;
    std::memcpy(&eight, flags + 8 * byte, 8);
    mask |= static_cast<std::uint32_t>((eight * 0x0102040810204080U) >> 56) << (8 * byte);
  }
  return mask;
}

// For opcodes with floating-point results: counts the NaN and infinite ones, if asked to.
template <class T>
inline void note_non_finite(Warp& warp, const Step& step) {
  if (!warp.watch_non_finite) return;
  const T* values = warp.read<T>(step.operands[0]);
  const std::uint32_t nan = lanes_where([&](unsigned i) { return std::isnan(values[i]); });
  const std::uint32_t infinite = lanes_where([&](unsigned i) { return std::isinf(values[i]); });
  if (((nan | infinite) & warp.active) != 0) {
    count_non_finite(warp, step, nan & warp.active, infinite & warp.active);
  }
}

}  // namespace cuda_sim
