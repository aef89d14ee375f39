// setp, set, selp, slct and testp in all types and relations.
#include "tests/cuda_sim/tests/opcodes/half_numbers.h"
#include "tests/cuda_sim/tests/opcodes/lane_check.h"

namespace cuda_sim::test {
namespace {

using Half = std::uint16_t;
using Packed = std::uint32_t;

struct Named {
  const char* name;
  bool (*holds)(double, double);
};
// Names that integers and floating-point numbers have; false with NaN.
const Named kOrdered[] = {
    {"eq", [](double a, double b) { return a == b; }},
    {"ne", [](double a, double b) { return a < b || a > b; }},
    {"lt", [](double a, double b) { return a < b; }},
    {"le", [](double a, double b) { return a <= b; }},
    {"gt", [](double a, double b) { return a > b; }},
    {"ge", [](double a, double b) { return a >= b; }},
};
// True with NaN.
const Named kUnordered[] = {
    {"equ", [](double a, double b) { return !(a < b || a > b); }},
    {"neu", [](double a, double b) { return a != b; }},
    {"ltu", [](double a, double b) { return !(a >= b); }},
    {"leu", [](double a, double b) { return !(a > b); }},
    {"gtu", [](double a, double b) { return !(a <= b); }},
    {"geu", [](double a, double b) { return !(a < b); }},
    {"num", [](double a, double b) { return !std::isnan(a) && !std::isnan(b); }},
    {"nan", [](double a, double b) { return std::isnan(a) || std::isnan(b); }},
};

std::vector<Named> float_relations() {
  std::vector<Named> all(std::begin(kOrdered), std::end(kOrdered));
  all.insert(all.end(), std::begin(kUnordered), std::end(kUnordered));
  return all;
}

template <class T>
bool compare_integers(const std::string& name, T a, T b) {
  if (name == "eq") return a == b;
  if (name == "ne") return a != b;
  if (name == "lt" || name == "lo") return a < b;
  if (name == "le" || name == "ls") return a <= b;
  if (name == "gt" || name == "hi") return a > b;
  return a >= b;
}

std::vector<Packed> pairs(const HalfFormat& format) {
  const std::vector<Half> halves = half_edges(format);
  std::vector<Packed> result;
  for (std::size_t i = 0; i < halves.size(); ++i) {
    result.push_back(Packed{halves[(i * 7 + 3) % halves.size()]} << 16 | halves[i]);
  }
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("setp compares integers of every width", "", std::int16_t, std::uint16_t,
                   std::int32_t, std::uint32_t, std::int64_t, std::uint64_t) {
  using T = TestType;
  const std::string bits = std::to_string(8 * sizeof(T));
  std::vector<std::string> names = {"eq", "ne", "lt", "le", "gt", "ge"};
  if (!std::is_signed_v<T>) names.insert(names.end(), {"lo", "ls", "hi", "hs"});
  auto inputs = edge_inputs<T, T>();
  for (const T value : edges<T>()) inputs.emplace_back(value, value);
  for (const std::string& name : names) {
    const auto expected = [&](T a, T b) { return compare_integers(name, a, b); };
    check_lanes<bool>({"setp." + name + (std::is_signed_v<T> ? ".s" : ".u") + bits}, inputs,
                      expected);
    if (name == "eq" || name == "ne")
      check_lanes<bool>({"setp." + name + ".b" + bits}, inputs, expected);
  }
}

TEMPLATE_TEST_CASE("setp compares f32 and f64, ordered or not", "", float, double) {
  using T = TestType;
  for (const Named& relation : float_relations()) {
    check_lanes<bool>({std::string("setp.") + relation.name + (sizeof(T) == 4 ? ".f32" : ".f64")},
                      edge_inputs<T, T>(), [&](T a, T b) {
                        return relation.holds(static_cast<double>(a), static_cast<double>(b));
                      });
  }
  check_lanes<bool>({"setp.eq.ftz.f32"}, edge_inputs<float, float>(), [](float a, float b) {
    const auto flush = [](float x) { return std::fabs(x) < 0x1p-126F ? 0.0F : x; };
    return flush(a) == flush(b);
  });
}

TEST_CASE("setp compares 16-bit numbers, packed ones into two predicates") {
  for (const HalfFormat& f : {kHalf, kBrain}) {
    const auto halves = half_edges(f);
    const auto packed = pairs(f);
    for (const Named& relation : float_relations()) {
      const std::string name = std::string("setp.") + relation.name + "." + f.name;
      check_lanes<bool>({name, 90}, combine(halves, halves),
                        [&](Half a, Half b) { return relation.holds(f.value(a), f.value(b)); });
      const std::string scratch = " .reg .pred %other;\n";
      check_lanes<bool>({name + "x2 %d|%other, %a, %b", 90, scratch}, combine(packed, packed),
                        [&](Packed a, Packed b) {
                          return relation.holds(f.value(static_cast<Half>(a)),
                                                f.value(static_cast<Half>(b)));
                        });
      check_lanes<bool>({name + "x2 %other|%d, %a, %b", 90, scratch}, combine(packed, packed),
                        [&](Packed a, Packed b) {
                          return relation.holds(f.value(static_cast<Half>(a >> 16)),
                                                f.value(static_cast<Half>(b >> 16)));
                        });
    }
  }
}

TEST_CASE("setp combines with a predicate and gives the complement to q") {
  using I = std::int32_t;
  const std::vector<bool> truth = {false, true};
  const auto inputs = combine(edges<I>(), edges<I>(), truth);
  const std::string scratch = " .reg .pred %other;\n";
  check_lanes<bool>({"setp.lt.and.s32"}, inputs, [](I a, I b, bool c) { return a < b && c; });
  check_lanes<bool>({"setp.lt.or.s32"}, inputs, [](I a, I b, bool c) { return a < b || c; });
  check_lanes<bool>({"setp.lt.xor.s32"}, inputs, [](I a, I b, bool c) { return (a < b) != c; });
  check_lanes<bool>({"setp.lt.and.s32 %d, %a, %b, !%c"}, inputs,
                    [](I a, I b, bool c) { return a < b && !c; });
  check_lanes<bool>({"setp.lt.s32 %other|%d, %a, %b", 80, scratch}, edge_inputs<I, I>(),
                    [](I a, I b) { return !(a < b); });
  check_lanes<bool>({"setp.lt.and.s32 %other|%d, %a, %b, %c", 80, scratch}, inputs,
                    [](I a, I b, bool c) { return !(a < b) && c; });
  check_lanes<bool>({"setp.lt.and.s32 %d|_, %a, %b, %c"}, inputs,
                    [](I a, I b, bool c) { return a < b && c; });
}

TEST_CASE("set gives all ones, or 1.0") {
  using I = std::int32_t;
  using U = std::uint32_t;
  check_lanes<U>({"set.lt.u32.s32"}, edge_inputs<I, I>(),
                 [](I a, I b) { return a < b ? ~0U : 0U; });
  check_lanes<U>({"set.ge.s32.f32"}, edge_inputs<float, float>(),
                 [](float a, float b) { return a >= b ? ~0U : 0U; });
  check_lanes<float>({"set.neu.f32.f64"}, edge_inputs<double, double>(),
                     [](double a, double b) { return a != b ? 1.0F : 0.0F; });
  check_lanes<U>(
      {"set.eq.or.u32.u64"},
      combine(edges<std::uint64_t>(), edges<std::uint64_t>(), std::vector<bool>{false, true}),
      [](std::uint64_t a, std::uint64_t b, bool c) { return a == b || c ? ~0U : 0U; });
  const auto halves = combine(half_edges(kHalf), half_edges(kHalf));
  const auto less = [](Half a, Half b) { return kHalf.value(a) < kHalf.value(b); };
  check_lanes<Half>({"set.lt.f16.f16"}, halves,
                    [&](Half a, Half b) { return Half{less(a, b) ? Half{0x3c00} : Half{0}}; });
  check_lanes<Half>({"set.lt.u16.f16"}, halves,
                    [&](Half a, Half b) { return Half{less(a, b) ? Half{0xffff} : Half{0}}; });
  const auto packed = combine(pairs(kHalf), pairs(kHalf));
  const auto both = [&](Packed a, Packed b, Packed yes) {
    return (less(static_cast<Half>(a >> 16), static_cast<Half>(b >> 16)) ? yes << 16 : 0) |
           (less(static_cast<Half>(a), static_cast<Half>(b)) ? yes : 0);
  };
  check_lanes<Packed>({"set.lt.f16x2.f16x2"}, packed,
                      [&](Packed a, Packed b) { return both(a, b, 0x3c00); });
  check_lanes<Packed>({"set.lt.u32.f16x2"}, packed,
                      [&](Packed a, Packed b) { return both(a, b, 0xffff); });
  const auto brains = combine(pairs(kBrain), pairs(kBrain));
  check_lanes<Packed>({"set.lt.bf16x2.bf16x2", 90}, brains, [&](Packed a, Packed b) {
    const auto one = [](Packed x, Packed y) {
      return kBrain.value(static_cast<Half>(x)) < kBrain.value(static_cast<Half>(y)) ? 0x3f80U : 0U;
    };
    return one(a >> 16, b >> 16) << 16 | one(a, b);
  });
}

TEMPLATE_TEST_CASE("selp and slct choose one of two", "", std::uint16_t, std::uint32_t,
                   std::uint64_t) {
  using T = TestType;
  const std::string bits = std::to_string(8 * sizeof(T));
  const auto by_predicate = combine(edges<T>(), edges<T>(), std::vector<bool>{false, true});
  for (const char kind : {'b', 'u', 's'}) {
    check_lanes<T>({std::string("selp.") + kind + bits}, by_predicate,
                   [](T a, T b, bool c) { return c ? a : b; });
  }
  check_lanes<T>({"selp.b" + bits + " %d, %a, %b, !%c"}, by_predicate,
                 [](T a, T b, bool c) { return c ? b : a; });
  check_lanes<T>({"slct.u" + bits + ".s32"}, edge_inputs<T, T, std::int32_t>(),
                 [](T a, T b, std::int32_t c) { return c >= 0 ? a : b; });
  check_lanes<T>({"slct.b" + bits + ".f32"}, edge_inputs<T, T, float>(),
                 [](T a, T b, float c) { return c >= 0 ? a : b; });
  check_lanes<T>({"slct.s" + bits + ".ftz.f32"}, edge_inputs<T, T, float>(),
                 [](T a, T b, float c) { return c > -0x1p-126F ? a : b; });
}

TEST_CASE("selp takes floating-point literals") {
  const std::vector<bool> truth = {false, true};
  check_lanes<float>({"selp.f32 %d, 0f3F800000, 0fC0000000, %a"}, combine(truth),
                     [](bool c) { return c ? 1.0F : -2.0F; });
  check_lanes<double>({"selp.f64 %d, %a, %b, %c"}, combine(edges<double>(), edges<double>(), truth),
                      [](double a, double b, bool c) { return c ? a : b; });
}

TEMPLATE_TEST_CASE("testp tells the classes of numbers apart", "", float, double) {
  using T = TestType;
  const std::string t = sizeof(T) == 4 ? ".f32" : ".f64";
  const auto one = edge_inputs<T>();
  check_lanes<bool>({"testp.finite" + t}, one, [](T a) { return std::isfinite(a); });
  check_lanes<bool>({"testp.infinite" + t}, one, [](T a) { return std::isinf(a); });
  check_lanes<bool>({"testp.number" + t}, one, [](T a) { return !std::isnan(a); });
  check_lanes<bool>({"testp.notanumber" + t}, one, [](T a) { return std::isnan(a); });
  check_lanes<bool>({"testp.normal" + t}, one, [](T a) { return std::isnormal(a) || a == 0; });
  check_lanes<bool>({"testp.subnormal" + t}, one,
                    [](T a) { return std::fpclassify(a) == FP_SUBNORMAL; });
}

}  // namespace cuda_sim::test
