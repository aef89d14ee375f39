// Integer arithmetic against wide host arithmetic.
#include <algorithm>

#include "tests/cuda_sim/tests/opcodes/lane_check.h"

namespace cuda_sim::test {
namespace {

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 WideUnsigned;

template <class T>
std::string suffix() {
  return (std::is_signed_v<T> ? ".s" : ".u") + std::to_string(8 * sizeof(T));
}

template <class T>
using Twice =
    std::conditional_t<sizeof(T) == 2,
                       std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>,
                       std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;

}  // namespace

TEMPLATE_TEST_CASE("integer add, sub, mul, min, max and their like wrap around", "", std::int16_t,
                   std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t) {
  using T = TestType;
  const std::string type = suffix<T>();
  const auto two = edge_inputs<T, T>();
  const auto three = edge_inputs<T, T, T>();
  const auto cut = [](Wide value) { return static_cast<T>(value); };
  check_lanes<T>({"add" + type}, two, [&](T a, T b) { return cut(Wide{a} + b); });
  check_lanes<T>({"sub" + type}, two, [&](T a, T b) { return cut(Wide{a} - b); });
  const auto product = [](T a, T b) {
    return std::is_signed_v<T> ? static_cast<WideUnsigned>(Wide{a} * b)
                               : static_cast<WideUnsigned>(a) * static_cast<WideUnsigned>(b);
  };
  check_lanes<T>({"mul.lo" + type}, two, [&](T a, T b) { return static_cast<T>(product(a, b)); });
  const auto high = [&](T a, T b) { return static_cast<T>(product(a, b) >> (8 * sizeof(T))); };
  check_lanes<T>({"mul.hi" + type}, two, high);
  check_lanes<T>({"mad.lo" + type}, three,
                 [&](T a, T b, T c) { return static_cast<T>(product(a, b) + WideUnsigned(c)); });
  check_lanes<T>({"mad.hi" + type}, three,
                 [&](T a, T b, T c) { return cut(Wide{high(a, b)} + c); });
  check_lanes<T>({"min" + type}, two, [](T a, T b) { return std::min(a, b); });
  check_lanes<T>({"max" + type}, two, [](T a, T b) { return std::max(a, b); });
  check_lanes<T>({"sad" + type}, three,
                 [&](T a, T b, T c) { return cut(Wide{c} + (a < b ? Wide{b} - a : Wide{a} - b)); });
  check_lanes<T>({"div" + type}, two,
                 [&](T a, T b) { return b == 0 ? static_cast<T>(-1) : cut(Wide{a} / Wide{b}); });
  check_lanes<T>({"rem" + type}, two,
                 [&](T a, T b) { return b == 0 ? a : cut(Wide{a} % Wide{b}); });
  if constexpr (std::is_signed_v<T>) {
    check_lanes<T>({"abs" + type}, edge_inputs<T>(),
                   [&](T a) { return cut(a < 0 ? -Wide{a} : Wide{a}); });
    check_lanes<T>({"neg" + type}, edge_inputs<T>(), [&](T a) { return cut(-Wide{a}); });
  }
  if constexpr (sizeof(T) < 8) {
    using W = Twice<T>;
    check_lanes<W>({"mul.wide" + type}, two, [](T a, T b) { return static_cast<W>(Wide{a} * b); });
    check_lanes<W>({"mad.wide" + type}, edge_inputs<T, T, W>(),
                   [](T a, T b, W c) { return static_cast<W>(Wide{a} * b + c); });
  }
}

TEST_CASE("saturating integer arithmetic stops at the ends of s32") {
  using I = std::int32_t;
  const auto clamp = [](Wide value) {
    return static_cast<I>(std::clamp<Wide>(value, INT32_MIN, INT32_MAX));
  };
  check_lanes<I>({"add.sat.s32"}, edge_inputs<I, I>(),
                 [&](I a, I b) { return clamp(Wide{a} + b); });
  check_lanes<I>({"sub.sat.s32"}, edge_inputs<I, I>(),
                 [&](I a, I b) { return clamp(Wide{a} - b); });
  check_lanes<I>({"mad.hi.sat.s32"}, edge_inputs<I, I, I>(), [&](I a, I b, I c) {
    return clamp(Wide{static_cast<I>((std::int64_t{a} * b) >> 32)} + c);
  });
}

TEST_CASE("mul24 and mad24 use 24 bits of their operands") {
  using U = std::uint32_t;
  using I = std::int32_t;
  const auto low24 = [](I a) {
    const std::int64_t part = a & 0xffffff;
    return part >= 0x800000 ? part - 0x1000000 : part;
  };
  check_lanes<U>({"mul24.lo.u32"}, edge_inputs<U, U>(), [](U a, U b) {
    return static_cast<U>(std::uint64_t{a % 0x1000000} * (b % 0x1000000));
  });
  check_lanes<U>({"mul24.hi.u32"}, edge_inputs<U, U>(), [](U a, U b) {
    return static_cast<U>(std::uint64_t{a % 0x1000000} * (b % 0x1000000) / 0x10000);
  });
  check_lanes<I>({"mul24.lo.s32"}, edge_inputs<I, I>(),
                 [&](I a, I b) { return static_cast<I>(low24(a) * low24(b)); });
  check_lanes<I>({"mul24.hi.s32"}, edge_inputs<I, I>(),
                 [&](I a, I b) { return static_cast<I>((low24(a) * low24(b)) >> 16); });
  check_lanes<I>({"mad24.lo.s32"}, edge_inputs<I, I, I>(),
                 [&](I a, I b, I c) { return static_cast<I>(low24(a) * low24(b) + c); });
  check_lanes<U>({"mad24.hi.u32"}, edge_inputs<U, U, U>(), [](U a, U b, U c) {
    return static_cast<U>(std::uint64_t{a % 0x1000000} * (b % 0x1000000) / 0x10000 + c);
  });
}

TEST_CASE("dp4a and dp2a sum products of bytes") {
  using U = std::uint32_t;
  const auto byte = [](U value, unsigned i, bool is_signed) -> std::int64_t {
    const U part = value >> (8 * i) & 0xffU;
    return is_signed && part >= 128 ? std::int64_t{part} - 256 : std::int64_t{part};
  };
  const auto word = [](U value, unsigned i, bool is_signed) -> std::int64_t {
    const U part = value >> (16 * i) & 0xffffU;
    return is_signed && part >= 32768 ? std::int64_t{part} - 65536 : std::int64_t{part};
  };
  const auto inputs = edge_inputs<U, U, U>();
  for (const bool sa : {false, true}) {
    for (const bool sb : {false, true}) {
      const std::string types = std::string(sa ? ".s32" : ".u32") + (sb ? ".s32" : ".u32");
      check_lanes<U>({"dp4a" + types}, inputs, [&](U a, U b, U c) {
        std::int64_t sum = c;
        for (unsigned i = 0; i < 4; ++i) sum += byte(a, i, sa) * byte(b, i, sb);
        return static_cast<U>(sum);
      });
      for (const bool high : {false, true}) {
        check_lanes<U>({std::string("dp2a.") + (high ? "hi" : "lo") + types}, inputs,
                       [&](U a, U b, U c) {
                         std::int64_t sum = c;
                         for (unsigned i = 0; i < 2; ++i) {
                           sum += word(a, i, sa) * byte(b, i + (high ? 2 : 0), sb);
                         }
                         return static_cast<U>(sum);
                       });
      }
    }
  }
}

// The upper half of a sum of twice the width needs the carry of the lower half.
TEMPLATE_TEST_CASE("carries and borrows pass from one word to the next", "", std::uint32_t,
                   std::uint64_t) {
  using T = TestType;
  const std::string type = ".u" + std::to_string(8 * sizeof(T));
  const std::string scratch = " .reg .b" + std::to_string(8 * sizeof(T)) + " %low, %m;\n mov.b" +
                              std::to_string(8 * sizeof(T)) + " %m, -2;\n";
  constexpr unsigned kBits = 8 * sizeof(T);
  const auto inputs = edge_inputs<T, T>();
  check_lanes<T>(
      {"addc" + type + " %d, %a, %b", 80, scratch + "add.cc" + type + " %low, %a, %m;\n"}, inputs,
      [](T a, T b) {
        const WideUnsigned low = WideUnsigned{a} + static_cast<T>(-2);
        return static_cast<T>(WideUnsigned{a} + b + (low >> kBits));
      });
  check_lanes<T>(
      {"subc" + type + " %d, %a, %b", 80, scratch + "sub.cc" + type + " %low, %b, %a;\n"}, inputs,
      [](T a, T b) { return static_cast<T>(a - b - (b < a ? 1 : 0)); });
  check_lanes<T>(
      {"addc" + type + " %d, %b, 0", 80,
       scratch + "add.cc" + type + " %low, %a, %m;\naddc.cc" + type + " %low, %b, %a;\n"},
      inputs, [](T a, T b) {
        const WideUnsigned first = WideUnsigned{a} + static_cast<T>(-2);
        const WideUnsigned second = WideUnsigned{b} + a + (first >> kBits);
        return static_cast<T>(WideUnsigned{b} + (second >> kBits));
      });
  check_lanes<T>(
      {"subc.cc" + type + " %d, %b, %a", 80, scratch + "sub.cc" + type + " %low, %m, %a;\n"},
      inputs, [](T a, T b) { return static_cast<T>(b - a - (static_cast<T>(-2) < a ? 1 : 0)); });
  check_lanes<T>({"madc.hi" + type + " %d, %a, %b, %a", 80,
                  scratch + "mad.lo.cc" + type + " %low, %a, %b, %m;\n"},
                 inputs, [](T a, T b) {
                   const WideUnsigned product = WideUnsigned{a} * b;
                   const WideUnsigned low =
                       WideUnsigned{static_cast<T>(product)} + static_cast<T>(-2);
                   return static_cast<T>((product >> kBits) + a + (low >> kBits));
                 });
  check_lanes<T>({"madc.lo.cc" + type + " %d, %a, %b, %b", 80,
                  scratch + "mad.hi.cc" + type + " %low, %a, %b, %m;\n"},
                 inputs, [](T a, T b) {
                   const WideUnsigned product = WideUnsigned{a} * b;
                   const WideUnsigned high = (product >> kBits) + static_cast<T>(-2);
                   return static_cast<T>(product + b + (high >> kBits));
                 });
}

}  // namespace cuda_sim::test
