// Bitwise opcodes, shifts and bit fields, each against a loop over single bits.
#include <algorithm>

#include "tests/cuda_sim/tests/opcodes/lane_check.h"

namespace cuda_sim::test {
namespace {

using U = std::uint32_t;

template <class T>
bool bit(T value, unsigned i) {
  return i < 8 * sizeof(T) && ((value >> i) & 1) != 0;
}

// The value whose bit i is f(i).
template <class T, class F>
T from_bits(F f) {
  T result = 0;
  for (unsigned i = 0; i < 8 * sizeof(T); ++i) {
    if (f(i)) result = static_cast<T>(result | static_cast<T>(T{1} << i));
  }
  return result;
}

const std::vector<U> kAmounts = {0,  1,  5,  8,  15, 16,  17,  31,  32,
                                 33, 40, 63, 64, 65, 255, 256, 300, 0xffffffffU};

}  // namespace

TEMPLATE_TEST_CASE("bitwise operations", "", std::uint16_t, std::uint32_t, std::uint64_t) {
  using T = TestType;
  const std::string type = ".b" + std::to_string(8 * sizeof(T));
  const auto two = edge_inputs<T, T>();
  check_lanes<T>({"and" + type}, two, [](T a, T b) {
    return from_bits<T>([&](unsigned i) { return bit(a, i) && bit(b, i); });
  });
  check_lanes<T>({"or" + type}, two, [](T a, T b) {
    return from_bits<T>([&](unsigned i) { return bit(a, i) || bit(b, i); });
  });
  check_lanes<T>({"xor" + type}, two, [](T a, T b) {
    return from_bits<T>([&](unsigned i) { return bit(a, i) != bit(b, i); });
  });
  check_lanes<T>({"not" + type}, edge_inputs<T>(),
                 [](T a) { return from_bits<T>([&](unsigned i) { return !bit(a, i); }); });
  check_lanes<T>({"cnot" + type}, edge_inputs<T>(), [](T a) { return T{a == 0}; });
  check_lanes<T>({"and" + type + " %d, %a, 0x31"}, edge_inputs<T>(),
                 [](T a) { return static_cast<T>(a & 0x31); });
}

TEST_CASE("logic on predicates") {
  const std::vector<bool> truth = {false, true};
  const auto two = combine(truth, truth);
  check_lanes<bool>({"and.pred"}, two, [](bool a, bool b) { return a && b; });
  check_lanes<bool>({"or.pred"}, two, [](bool a, bool b) { return a || b; });
  check_lanes<bool>({"xor.pred"}, two, [](bool a, bool b) { return a != b; });
  check_lanes<bool>({"not.pred"}, combine(truth), [](bool a) { return !a; });
  check_lanes<bool>({"and.pred %d, !%a, %b"}, two, [](bool a, bool b) { return !a && b; });
}

TEMPLATE_TEST_CASE("shifts fill with zeros or the sign, also beyond the width", "", std::uint16_t,
                   std::uint32_t, std::uint64_t) {
  using T = TestType;
  using S = std::make_signed_t<T>;
  const std::string bits = std::to_string(8 * sizeof(T));
  const auto inputs = combine(edges<T>(), kAmounts);
  check_lanes<T>({"shl.b" + bits}, inputs, [](T a, U n) {
    return from_bits<T>([&](unsigned i) { return i >= n && bit(a, i - n); });
  });
  for (const char kind : {'u', 'b'}) {
    check_lanes<T>({std::string("shr.") + kind + bits}, inputs, [](T a, U n) {
      return from_bits<T>([&](unsigned i) { return n <= 64 && bit(a, i + n); });
    });
  }
  check_lanes<S>({"shr.s" + bits}, combine(edges<S>(), kAmounts), [](S a, U n) {
    const auto source = static_cast<T>(a);
    const unsigned top = 8 * sizeof(T) - 1;
    return static_cast<S>(from_bits<T>(
        [&](unsigned i) { return bit(source, n > top ? top : std::min(i + n, top)); }));
  });
}

TEST_CASE("funnel shifts take 32 of 64 bits") {
  const auto inputs = combine(edges<U>(), edges<U>(), kAmounts);
  const auto both = [](U low, U high) { return std::uint64_t{high} << 32 | low; };
  for (const bool clamp : {false, true}) {
    const std::string mode = clamp ? ".clamp.b32" : ".wrap.b32";
    const auto count = [=](U n) { return clamp ? std::min(n, 32U) : n % 32; };
    check_lanes<U>({"shf.l" + mode}, inputs, [&](U low, U high, U n) {
      return from_bits<U>([&](unsigned i) { return bit(both(low, high), i + 32 - count(n)); });
    });
    check_lanes<U>({"shf.r" + mode}, inputs, [&](U low, U high, U n) {
      return from_bits<U>([&](unsigned i) { return bit(both(low, high), i + count(n)); });
    });
  }
}

TEMPLATE_TEST_CASE("bit fields are extracted and inserted", "", std::uint32_t, std::uint64_t) {
  using T = TestType;
  using S = std::make_signed_t<T>;
  const std::string bits = std::to_string(8 * sizeof(T));
  const unsigned top = 8 * sizeof(T) - 1;
  const auto field = [=](T a, U position, U length, bool sign) {
    position %= 256;
    length %= 256;
    return from_bits<T>([&](unsigned i) {
      if (i < length && position + i <= top) return bit(a, position + i);
      return sign && length != 0 && bit(a, std::min(position + length - 1, top));
    });
  };
  check_lanes<T>({"bfe.u" + bits}, combine(edges<T>(), kAmounts, kAmounts),
                 [&](T a, U p, U n) { return field(a, p, n, false); });
  check_lanes<S>({"bfe.s" + bits}, combine(edges<S>(), kAmounts, kAmounts), [&](S a, U p, U n) {
    return static_cast<S>(field(static_cast<T>(a), p, n, true));
  });
  check_lanes<T>({"bfi.b" + bits}, combine(edges<T>(), edges<T>(), kAmounts, kAmounts),
                 [&](T a, T b, U p, U n) {
                   p %= 256;
                   n %= 256;
                   return from_bits<T>(
                       [&](unsigned i) { return i >= p && i < p + n ? bit(a, i - p) : bit(b, i); });
                 });
}

TEMPLATE_TEST_CASE("bits are counted, found and reversed", "", std::uint32_t, std::uint64_t) {
  using T = TestType;
  using S = std::make_signed_t<T>;
  const std::string bits = std::to_string(8 * sizeof(T));
  constexpr unsigned kBits = 8 * sizeof(T);
  const auto one = edge_inputs<T>();
  check_lanes<U>({"popc.b" + bits}, one, [](T a) {
    U count = 0;
    for (unsigned i = 0; i < kBits; ++i) count += bit(a, i) ? 1 : 0;
    return count;
  });
  check_lanes<U>({"clz.b" + bits}, one, [](T a) {
    U count = 0;
    while (count < kBits && !bit(a, kBits - 1 - count)) ++count;
    return count;
  });
  check_lanes<T>({"brev.b" + bits}, one, [](T a) {
    return from_bits<T>([&](unsigned i) { return bit(a, kBits - 1 - i); });
  });
  const auto leading = [](T a, bool is_signed) {
    const bool fill = is_signed && bit(a, kBits - 1);
    for (unsigned i = kBits; i-- > 0;) {
      if (bit(a, i) != fill) return U{i};
    }
    return 0xffffffffU;
  };
  const auto amount = [](U found) { return found == 0xffffffffU ? found : kBits - 1 - found; };
  check_lanes<U>({"bfind.u" + bits}, one, [&](T a) { return leading(a, false); });
  check_lanes<U>({"bfind.shiftamt.u" + bits}, one, [&](T a) { return amount(leading(a, false)); });
  const auto one_signed = edge_inputs<S>();
  check_lanes<U>({"bfind.s" + bits}, one_signed,
                 [&](S a) { return leading(static_cast<T>(a), true); });
  check_lanes<U>({"bfind.shiftamt.s" + bits}, one_signed,
                 [&](S a) { return amount(leading(static_cast<T>(a), true)); });
}

TEST_CASE("prmt picks bytes in all its modes") {
  const std::vector<U> selectors = {0,      1,      2,      3,      0x3210,
                                    0x7654, 0x0123, 0x5140, 0xba98, 0xfedc,
                                    0x8f07, 0x1111, 7,      0x3214, 0xffff7531};
  const auto inputs = combine(edges<U>(), edges<U>(), selectors);
  const auto byte = [](U a, U b, unsigned i) {
    return (i < 4 ? a >> (8 * i) : b >> (8 * i - 32)) & 255;
  };
  const auto four = [](U b0, U b1, U b2, U b3) { return b0 | b1 << 8 | b2 << 16 | b3 << 24; };
  check_lanes<U>({"prmt.b32"}, inputs, [&](U a, U b, U c) {
    const auto pick = [&](unsigned i) {
      const U nibble = c >> (4 * i) & 15;
      const U chosen = byte(a, b, nibble & 7);
      if (nibble < 8) return chosen;
      return chosen >= 128 ? U{255} : U{0};
    };
    return four(pick(0), pick(1), pick(2), pick(3));
  });
  // Source bytes of the result's bytes 0 to 3, for the selectors 0 to 3.
  struct Mode {
    const char* name;
    unsigned rows[4][4];
  };
  const Mode modes[] = {
      {"f4e", {{0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 6}}},
      {"b4e", {{0, 7, 6, 5}, {1, 0, 7, 6}, {2, 1, 0, 7}, {3, 2, 1, 0}}},
      {"rc8", {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}}},
      {"ecl", {{0, 1, 2, 3}, {1, 1, 2, 3}, {2, 2, 2, 3}, {3, 3, 3, 3}}},
      {"ecr", {{0, 0, 0, 0}, {0, 1, 1, 1}, {0, 1, 2, 2}, {0, 1, 2, 3}}},
      {"rc16", {{0, 1, 0, 1}, {2, 3, 2, 3}, {0, 1, 0, 1}, {2, 3, 2, 3}}},
  };
  for (const Mode& mode : modes) {
    check_lanes<U>({std::string("prmt.b32.") + mode.name}, inputs, [&](U a, U b, U c) {
      const unsigned* row = mode.rows[c & 3];
      return four(byte(a, b, row[0]), byte(a, b, row[1]), byte(a, b, row[2]), byte(a, b, row[3]));
    });
  }
}

TEST_CASE("lop3 looks every bit up in its table") {
  for (const unsigned table : {0x00U, 0xe8U, 0x96U, 0xc0U, 0x3cU, 0x80U, 0x01U, 0xfeU, 0xffU}) {
    check_lanes<U>({"lop3.b32 %d, %a, %b, %c, " + std::to_string(table)}, edge_inputs<U, U, U>(),
                   [&](U a, U b, U c) {
                     return from_bits<U>([&](unsigned i) {
                       const unsigned row =
                           (bit(a, i) ? 4U : 0U) + (bit(b, i) ? 2U : 0U) + (bit(c, i) ? 1U : 0U);
                       return bit(table, row);
                     });
                   });
  }
}

TEST_CASE("szext extends from a variable width, bmsk makes masks") {
  for (const bool clamp : {false, true}) {
    const std::string mode = clamp ? ".clamp" : ".wrap";
    const auto count = [=](U n) { return clamp ? std::min(n, 32U) : n % 32; };
    const auto extended = [&](U a, U n, bool is_signed) {
      return from_bits<U>([&](unsigned i) {
        return count(n) != 0 && (i < count(n) ? bit(a, i) : is_signed && bit(a, count(n) - 1));
      });
    };
    check_lanes<U>({"szext" + mode + ".u32"}, combine(edges<U>(), kAmounts),
                   [&](U a, U n) { return extended(a, n, false); });
    check_lanes<U>({"szext" + mode + ".s32"}, combine(edges<U>(), kAmounts),
                   [&](U a, U n) { return extended(a, n, true); });
    check_lanes<U>({"bmsk" + mode + ".b32"}, combine(kAmounts, kAmounts), [&](U start, U width) {
      return from_bits<U>(
          [&](unsigned i) { return i >= count(start) && i < count(start) + count(width); });
    });
  }
}

}  // namespace cuda_sim::test
