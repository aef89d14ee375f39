// 16-bit floating-point arithmetic against exact sums and products, rounded once.
#include "tests/cuda_sim/opcodes/half.h"
#include "tests/cuda_sim/tests/opcodes/half_numbers.h"
#include "tests/cuda_sim/tests/opcodes/lane_check.h"

namespace cuda_sim::test {
namespace {

using Half = std::uint16_t;
using Packed = std::uint32_t;

// Products of two are exact. Sums may lose bits below the 64th, which cannot matter: next to an
// operand so small, the other one, a 16-bit number, is no midpoint of two.
using Exact = long double;

std::vector<Packed> pairs(const HalfFormat& format) {
  const std::vector<Half> halves = half_edges(format);
  std::vector<Packed> result;
  corticast::test::Random random(3);
  for (const Half low : halves) {
    result.push_back(Packed{halves[random.below(halves.size())]} << 16 | low);
  }
  return result;
}

template <class F>
Packed both(F f, Packed a, Packed b) {
  return Packed{f(static_cast<Half>(a >> 16), static_cast<Half>(b >> 16))} << 16 |
         f(static_cast<Half>(a), static_cast<Half>(b));
}

// f in both halves of packed operands and alone.
template <class F>
void check_binary(const HalfFormat& format, const std::string& name, F f) {
  const std::uint32_t sm = 90;
  const auto halves = half_edges(format);
  check_lanes<Half>({name + "." + format.name, sm}, combine(halves, halves), f);
  check_lanes<Packed>({name + "." + format.name + "x2", sm}, combine(pairs(format), pairs(format)),
                      [&](Packed a, Packed b) { return both(f, a, b); });
}

template <class F>
void check_unary(const HalfFormat& format, const std::string& name, F f) {
  check_lanes<Half>({name + "." + format.name, 90}, combine(half_edges(format)), f);
  check_lanes<Packed>({name + "." + format.name + "x2", 90}, combine(pairs(format)), [&](Packed a) {
    return Packed{f(static_cast<Half>(a >> 16))} << 16 | f(static_cast<Half>(a));
  });
}

}  // namespace

TEST_CASE("every f16 and bf16 number converts to float and back") {
  for (unsigned i = 0; i < 0x10000; ++i) {
    const auto bits = static_cast<Half>(i);
    const double f16 = kHalf.value(bits);
    const double bf16 = kBrain.value(bits);
    const bool nan16 = std::isnan(f16);
    const bool nan_b = std::isnan(bf16);
    if (nan16 != std::isnan(f16_to_float(bits)) || nan_b != std::isnan(bf16_to_float(bits))) {
      FAIL("NaN " << i);
    }
    if (!nan16 && !same(static_cast<float>(f16), f16_to_float(bits))) FAIL("f16 " << i);
    if (!nan_b && !same(static_cast<float>(bf16), bf16_to_float(bits))) FAIL("bf16 " << i);
    if (float_to_f16(static_cast<float>(f16)) != (nan16 ? 0x7fff : bits)) FAIL("to f16 " << i);
    if (float_to_bf16(static_cast<float>(bf16)) != (nan_b ? 0x7fff : bits)) FAIL("to bf16 " << i);
    if (encode(kF16, f16, Rounding::kNearestEven) != (nan16 ? 0x7fff : bits)) FAIL("encode " << i);
  }
}

TEST_CASE("floats round to the nearest 16-bit number, even where two are as near") {
  corticast::test::Random random(5);
  for (unsigned i = 0; i < 40000; ++i) {
    // Midpoints of f16 and bf16, their neighbours, and any bits.
    auto bits = static_cast<std::uint32_t>(random.bits());
    if (i % 4 == 1) bits = (bits & 0xffffe000U) | 0x1000U;
    if (i % 4 == 2) bits = (bits & 0xffff0000U) | 0x8000U;
    if (i % 4 == 3) bits = (bits & 0xffffe000U) + 0x0fffU + static_cast<unsigned>(random.below(3));
    if (i % 8 > 4) bits = (bits & 0x8fffffffU) | 0x30000000U;  // where f16 is subnormal
    const float value = std::bit_cast<float>(bits);
    if (float_to_f16(value) != kHalf.nearest(static_cast<double>(value))) FAIL("f16 " << bits);
    if (float_to_bf16(value) != kBrain.nearest(static_cast<double>(value))) FAIL("bf16 " << bits);
    if (encode(kF16, static_cast<double>(value), Rounding::kNearestEven) != float_to_f16(value)) {
      FAIL("encode " << bits);
    }
  }
}

TEST_CASE("directed roundings to f16 and bf16 take the neighbour on their side") {
  corticast::test::Random random(6);
  for (const HalfFormat& format : {kHalf, kBrain}) {
    const FloatFormat coded = format.mantissa_bits == 10 ? kF16 : kBf16;
    for (unsigned i = 0; i < 4000; ++i) {
      const double value = std::ldexp(static_cast<double>(random.uniform()),
                                      static_cast<int>(random.below(30)) - 20);
      const auto down = static_cast<Half>(encode(coded, value, Rounding::kDown));
      const auto up = static_cast<Half>(encode(coded, value, Rounding::kUp));
      const auto zero = static_cast<Half>(encode(coded, value, Rounding::kZero));
      CHECK_FALSE(format.value(down) > value);
      CHECK_FALSE(format.value(up) < value);
      // Neighbours: as integers their magnitudes differ by one, or not at all if exact.
      const int distance = std::abs((down & 0x7fff) - (up & 0x7fff));
      CHECK(distance == (format.value(down) == value ? 0 : 1));
      CHECK(zero == (value < 0 ? up : down));
    }
  }
}

TEST_CASE("16-bit add, sub and mul round the exact result once") {
  for (const HalfFormat& f : {kHalf, kBrain}) {
    const auto exact = [&](Half bits) { return static_cast<Exact>(f.value(bits)); };
    for (const std::string rounding : {"", ".rn"}) {
      check_binary(f, "add" + rounding,
                   [&](Half a, Half b) { return f.nearest(exact(a) + exact(b)); });
      check_binary(f, "sub" + rounding,
                   [&](Half a, Half b) { return f.nearest(exact(a) - exact(b)); });
      check_binary(f, "mul" + rounding,
                   [&](Half a, Half b) { return f.nearest(exact(a) * exact(b)); });
    }
  }
}

TEST_CASE("16-bit fma rounds the exact result once") {
  for (const HalfFormat& f : {kHalf, kBrain}) {
    const auto fma = [&](Half a, Half b, Half c) {
      // The sum in long double may be a rounded one; what it lost decides ties.
      const Exact product = static_cast<Exact>(f.value(a)) * static_cast<Exact>(f.value(b));
      const auto addend = static_cast<Exact>(f.value(c));
      const Exact sum = product + addend;
      if (std::isnan(sum) || std::isinf(sum)) return f.nearest(sum);
      const bool product_larger = std::fabs(product) > std::fabs(addend);
      const Exact lost = product_larger ? addend - (sum - product) : product - (sum - addend);
      return f.nearest(lost == 0 ? sum : std::nextafter(sum, lost > 0 ? INFINITY : -INFINITY));
    };
    const auto halves = half_edges(f);
    check_lanes<Half>({"fma.rn." + f.name, 80}, combine(halves, halves, halves), fma);
    check_lanes<Half>({"fma.rn.relu." + f.name, 80}, combine(halves, halves, halves),
                      [&](Half a, Half b, Half c) -> Half {
                        const Half result = fma(a, b, c);
                        return (result & 0x8000) != 0 ? Half{0} : result;
                      });
    const auto two = pairs(f);
    check_lanes<Packed>(
        {"fma.rn." + f.name + "x2", 80}, combine(two, two, two), [&](Packed a, Packed b, Packed c) {
          const auto cut = [](Packed x, int i) { return static_cast<Half>(x >> (16 * i)); };
          return Packed{fma(cut(a, 1), cut(b, 1), cut(c, 1))} << 16 |
                 fma(cut(a, 0), cut(b, 0), cut(c, 0));
        });
  }
  // A product halfway between two bf16 numbers, and an addend far too small for a double sum.
  check_lanes<Half>(
      {"fma.rn.bf16", 80},
      std::vector<std::tuple<Half, Half, Half>>{{0x3fc0, 0x3f83, 0x0080}, {0x3fc0, 0x3f83, 0x8080}},
      [](Half, Half, Half c) -> Half {
        // 1.5 * 1.0234375 = 1.53515625, halfway between 0x3fc4 and 0x3fc5.
        return c == 0x0080 ? 0x3fc5 : 0x3fc4;
      });
}

TEST_CASE("16-bit min, max, abs and neg") {
  for (const HalfFormat& f : {kHalf, kBrain}) {
    for (const bool maximum : {false, true}) {
      const auto pick = [&](Half a, Half b) -> Half {
        if (std::isnan(f.value(a))) return std::isnan(f.value(b)) ? Half{0x7fff} : b;
        if (std::isnan(f.value(b))) return a;
        if (f.value(a) == f.value(b)) return ((a >> 15) != 0) == maximum ? b : a;
        return (f.value(a) < f.value(b)) == maximum ? b : a;
      };
      const std::string name = maximum ? "max" : "min";
      check_binary(f, name, pick);
      check_binary(f, name + ".NaN", [&](Half a, Half b) -> Half {
        return std::isnan(f.value(a)) || std::isnan(f.value(b)) ? Half{0x7fff} : pick(a, b);
      });
    }
    check_unary(f, "abs", [](Half a) { return static_cast<Half>(a & 0x7fff); });
    check_unary(f, "neg", [](Half a) { return static_cast<Half>(a ^ 0x8000); });
  }
}

TEST_CASE("f16 .ftz flushes and .sat clamps") {
  const auto flush = [](Half a) { return static_cast<Half>((a & 0x7c00) == 0 ? a & 0x8000 : a); };
  check_binary(kHalf, "add.ftz", [&](Half a, Half b) {
    return flush(kHalf.nearest(static_cast<Exact>(kHalf.value(flush(a))) +
                               static_cast<Exact>(kHalf.value(flush(b)))));
  });
  check_binary(kHalf, "mul.sat", [&](Half a, Half b) -> Half {
    const double product = kHalf.value(a) * kHalf.value(b);
    if (!(product > 0)) return 0;
    return product >= 1 ? Half{0x3c00} : kHalf.nearest(product);
  });
}

TEST_CASE("16-bit ex2 and tanh are within one unit in the last place") {
  const auto check = [](const HalfFormat& f, const std::string& opcode, double (*exact)(double)) {
    check_lanes_with<Half>({opcode, 90}, combine(half_edges(f)), [&](Half result, Half a) {
      const Half wanted = f.nearest(exact(f.value(a)));
      const bool good = std::abs(int{result} - int{wanted}) <= 1;
      return good ? std::string() : show(wanted);
    });
  };
  check(kHalf, "ex2.approx.f16", [](double a) { return std::exp2(a); });
  check(kHalf, "tanh.approx.f16", [](double a) { return std::tanh(a); });
  check(kBrain, "ex2.approx.ftz.bf16", [](double a) { return std::exp2(a); });
  check(kBrain, "tanh.approx.bf16", [](double a) { return std::tanh(a); });
}

}  // namespace cuda_sim::test
