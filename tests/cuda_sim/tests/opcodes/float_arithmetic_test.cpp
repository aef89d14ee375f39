// f32 and f64 arithmetic. Round to nearest is what the host does; directed roundings are checked
// against exact values, approximations against libm within one unit in the last place.
#include "tests/cuda_sim/tests/opcodes/lane_check.h"

namespace cuda_sim::test {
namespace {

float canonical(float value) {
  const std::uint32_t nan = 0x7fffffff;
  float result = value;
  if (std::isnan(value)) std::memcpy(&result, &nan, 4);
  return result;
}
double canonical(double value) {
  return value;
}

float flush(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0F, value) : value;
}

template <class T>
std::string suffix() {
  return sizeof(T) == 4 ? ".f32" : ".f64";
}

// Numbers whose sums and products of three are exact in long double.
std::vector<float> near_one() {
  std::vector<float> values = {1.0F,     1.5F,          3.0F,          0.3F,
                               1.0F / 3, 0x1.fffffep0F, 0x1.000002p0F, 7.7F};
  corticast::test::Random random(11);
  for (int i = 0; i < 12; ++i) values.push_back(4 * random.uniform());
  const std::size_t count = values.size();
  for (std::size_t i = 0; i < count; ++i) values.push_back(-values[i]);
  return values;
}

// The float next to the exact value in a direction: z, m or p. above(x): x > exact; equal(x).
template <class Above, class Equal>
float directed(char direction, float nearest, Above above, Equal equal) {
  if (equal(nearest)) return nearest;
  const float down = above(nearest) ? std::nextafter(nearest, -INFINITY) : nearest;
  const float up = above(nearest) ? nearest : std::nextafter(nearest, INFINITY);
  if (direction == 'm') return down;
  if (direction == 'p') return up;
  return std::signbit(nearest) ? up : down;
}
float directed(char direction, long double exact) {
  return directed(
      direction, static_cast<float>(exact), [&](float x) { return x > exact; },
      [&](float x) { return x == exact; });
}

float within_one_ulp(float result, double exact, bool* good) {
  const float wanted = canonical(static_cast<float>(exact));
  *good = same(result, wanted) || result == std::nextafter(wanted, -INFINITY) ||
          result == std::nextafter(wanted, INFINITY);
  return wanted;
}

template <class F>
void check_approximate(const std::string& opcode, F exact) {
  check_lanes_with<float>({opcode}, edge_inputs<float>(), [&](float result, float a) {
    bool good = false;
    const float wanted = within_one_ulp(result, exact(a), &good);
    return good ? std::string() : show(wanted);
  });
}

}  // namespace

TEMPLATE_TEST_CASE("floating-point arithmetic to nearest is the host's", "", float, double) {
  using T = TestType;
  const std::string t = suffix<T>();
  const auto one = edge_inputs<T>();
  const auto two = edge_inputs<T, T>();
  const auto three = edge_inputs<T, T, T>();
  for (const std::string rn : {"", ".rn"}) {
    check_lanes<T>({"add" + rn + t}, two, [](T a, T b) { return canonical(a + b); });
    check_lanes<T>({"sub" + rn + t}, two, [](T a, T b) { return canonical(a - b); });
    check_lanes<T>({"mul" + rn + t}, two, [](T a, T b) { return canonical(a * b); });
  }
  check_lanes<T>({"fma.rn" + t}, three, [](T a, T b, T c) { return canonical(std::fma(a, b, c)); });
  check_lanes<T>({"mad.rn" + t}, three, [](T a, T b, T c) { return canonical(std::fma(a, b, c)); });
  check_lanes<T>({"div.rn" + t}, two, [](T a, T b) { return canonical(a / b); });
  check_lanes<T>({"rcp.rn" + t}, one, [](T a) { return canonical(T{1} / a); });
  check_lanes<T>({"sqrt.rn" + t}, one, [](T a) { return canonical(std::sqrt(a)); });
  check_lanes<T>({"abs" + t}, one, [](T a) { return std::fabs(a); });
  check_lanes<T>({"neg" + t}, one, [](T a) { return -a; });
  check_lanes<T>({"copysign" + t}, two, [](T a, T b) { return std::copysign(b, a); });
}

TEMPLATE_TEST_CASE("min and max prefer numbers to NaN, and -0 is below +0", "", float, double) {
  using T = TestType;
  const std::string t = suffix<T>();
  const auto pick = [](bool maximum, T a, T b) {
    if (std::isnan(a)) return canonical(b);
    if (std::isnan(b)) return a;
    if (a == b) return std::signbit(a) == maximum ? b : a;
    return (a < b) == maximum ? b : a;
  };
  const auto two = edge_inputs<T, T>();
  for (const bool maximum : {false, true}) {
    const std::string name = maximum ? "max" : "min";
    check_lanes<T>({name + t}, two, [&](T a, T b) { return pick(maximum, a, b); });
    check_lanes<T>({name + ".NaN" + t}, two, [&](T a, T b) {
      return std::isnan(a) || std::isnan(b) ? canonical(std::numeric_limits<T>::quiet_NaN())
                                            : pick(maximum, a, b);
    });
  }
  check_lanes<float>({"min.ftz.f32"}, edge_inputs<float, float>(), [](float a, float b) {
    a = flush(a);
    b = flush(b);
    if (std::isnan(a)) return canonical(b);
    if (std::isnan(b)) return a;
    if (a == b) return std::signbit(a) ? a : b;
    return std::min(a, b);
  });
}

TEST_CASE(".ftz flushes subnormal operands and results, .sat clamps to 0..1") {
  const auto one = edge_inputs<float>();
  const auto two = edge_inputs<float, float>();
  const auto three = edge_inputs<float, float, float>();
  const auto f = flush;
  const auto sat = [](float x) {
    return std::isnan(x) ? 0.0F : std::fmin(std::fmax(x, 0.0F), 1.0F);
  };
  // +0 is what clamping makes of -0 too, or of NaN.
  const auto clamp = [&](float x) { return sat(x) == 0 ? 0.0F : sat(x); };
  check_lanes<float>({"add.ftz.f32"}, two,
                     [&](float a, float b) { return canonical(f(f(a) + f(b))); });
  check_lanes<float>({"sub.ftz.f32"}, two,
                     [&](float a, float b) { return canonical(f(f(a) - f(b))); });
  check_lanes<float>({"mul.ftz.f32"}, two,
                     [&](float a, float b) { return canonical(f(f(a) * f(b))); });
  check_lanes<float>({"fma.rn.ftz.f32"}, three, [&](float a, float b, float c) {
    return canonical(f(std::fma(f(a), f(b), f(c))));
  });
  check_lanes<float>({"div.rn.ftz.f32"}, two,
                     [&](float a, float b) { return canonical(f(f(a) / f(b))); });
  check_lanes<float>({"rcp.rn.ftz.f32"}, one, [&](float a) { return canonical(f(1 / f(a))); });
  check_lanes<float>({"sqrt.rn.ftz.f32"}, one,
                     [&](float a) { return canonical(f(std::sqrt(f(a)))); });
  check_lanes<float>({"abs.ftz.f32"}, one, [&](float a) { return std::fabs(f(a)); });
  check_lanes<float>({"neg.ftz.f32"}, one, [&](float a) { return -f(a); });
  check_lanes<float>({"add.sat.f32"}, two, [&](float a, float b) { return clamp(a + b); });
  check_lanes<float>({"mul.rn.sat.f32"}, two, [&](float a, float b) { return clamp(a * b); });
  check_lanes<float>({"fma.rn.sat.f32"}, three,
                     [&](float a, float b, float c) { return clamp(std::fma(a, b, c)); });
  check_lanes<float>({"add.ftz.sat.f32"}, two,
                     [&](float a, float b) { return clamp(f(f(a) + f(b))); });
  check_lanes<float>({"mul.rz.sat.f32"}, combine(near_one(), near_one()), [&](float a, float b) {
    return clamp(directed('z', static_cast<long double>(a) * b));
  });
}

TEST_CASE("directed roundings go to the neighbour of the exact f32 result") {
  const std::vector<float> values = near_one();
  for (const char d : {'z', 'm', 'p'}) {
    const std::string rounding = std::string(".r") + d + ".f32";
    const auto two = combine(values, values);
    check_lanes<float>({"add" + rounding}, two, [&](float a, float b) {
      const long double sum = static_cast<long double>(a) + b;
      return sum == 0 ? (d == 'm' ? -0.0F : 0.0F) : directed(d, sum);
    });
    check_lanes<float>({"sub" + rounding}, two, [&](float a, float b) {
      const long double sum = static_cast<long double>(a) - b;
      return sum == 0 ? (d == 'm' ? -0.0F : 0.0F) : directed(d, sum);
    });
    check_lanes<float>({"mul" + rounding}, two, [&](float a, float b) {
      return directed(d, static_cast<long double>(a) * b);
    });
    check_lanes<float>({"fma" + rounding}, combine(values, values, values),
                       [&](float a, float b, float c) {
                         const long double sum = static_cast<long double>(a) * b + c;
                         return sum == 0 ? (d == 'm' ? -0.0F : 0.0F) : directed(d, sum);
                       });
    check_lanes<float>({"div" + rounding}, two, [&](float a, float b) {
      const auto product = [&](float x) { return static_cast<long double>(x) * b; };
      return directed(
          d, static_cast<float>(static_cast<double>(a) / static_cast<double>(b)),
          [&](float x) { return b > 0 ? product(x) > a : product(x) < a; },
          [&](float x) { return product(x) == a; });
    });
    check_lanes<float>({"rcp" + rounding}, combine(values), [&](float a) {
      const auto product = [&](float x) { return static_cast<long double>(x) * a; };
      return directed(
          d, static_cast<float>(1.0 / static_cast<double>(a)),
          [&](float x) { return a > 0 ? product(x) > 1 : product(x) < 1; },
          [&](float x) { return product(x) == 1; });
    });
    check_lanes<float>({"sqrt" + rounding}, combine(values), [&](float a) {
      if (a < 0) return canonical(std::sqrt(a));
      const auto square = [&](float x) { return static_cast<long double>(x) * x; };
      return directed(
          d, std::sqrt(a), [&](float x) { return square(x) > a; },
          [&](float x) { return square(x) == a; });
    });
    // 2^-80 is far below the last place of 1: only the direction shows.
    const std::vector<double> ones = {1.0, -1.0};
    const std::vector<double> tiny = {0x1p-80, -0x1p-80};
    check_lanes<double>({std::string("add.r") + d + ".f64"}, combine(ones, tiny),
                        [&](double a, double b) {
                          const bool larger = (a > 0) == (b > 0);
                          const double away = std::nextafter(a, 2 * a);
                          const double in = std::nextafter(a, 0.0);
                          if (d == 'z') return larger ? a : in;
                          const bool up = d == 'p';
                          if (larger) return up == (a > 0) ? away : a;
                          return up == (a > 0) ? a : in;
                        });
  }
}

TEST_CASE("approximate functions are within one unit in the last place of libm") {
  using D = double;
  check_approximate("rcp.approx.f32", [](D a) { return 1 / a; });
  check_approximate("sqrt.approx.f32", [](D a) { return std::sqrt(a); });
  check_approximate("rsqrt.approx.f32", [](D a) { return 1 / std::sqrt(a); });
  check_approximate("ex2.approx.f32", [](D a) { return std::exp2(a); });
  check_approximate("lg2.approx.f32", [](D a) { return std::log2(a); });
  check_approximate("sin.approx.f32", [](D a) { return std::sin(a); });
  check_approximate("cos.approx.f32", [](D a) { return std::cos(a); });
  check_approximate("tanh.approx.f32", [](D a) { return std::tanh(a); });
  const auto flushed = [](auto exact) {
    return [exact](float a) {
      return static_cast<D>(flush(static_cast<float>(exact(static_cast<D>(flush(a))))));
    };
  };
  check_approximate("ex2.approx.ftz.f32", flushed([](D a) { return std::exp2(a); }));
  check_approximate("rcp.approx.ftz.f32", flushed([](D a) { return 1 / a; }));
  check_approximate("lg2.approx.ftz.f32", flushed([](D a) { return std::log2(a); }));
  for (const std::string form : {"div.approx.f32", "div.full.f32"}) {
    check_lanes_with<float>(
        {form}, edge_inputs<float, float>(), [](float result, float a, float b) {
          bool good = false;
          const float wanted = within_one_ulp(result, static_cast<D>(a) / static_cast<D>(b), &good);
          return good ? std::string() : show(wanted);
        });
  }
  check_lanes_with<D>({"rsqrt.approx.f64"}, edge_inputs<D>(), [](D result, D a) {
    const D wanted = 1 / std::sqrt(a);
    const bool good = same(result, wanted) || std::fabs(result / wanted - 1) < 1e-15;
    return good ? std::string() : show(wanted);
  });
}

TEST_CASE("floating-point literals are operands of their type") {
  check_lanes<float>({"fma.rn.f32 %d, %a, 0f3F000000, 0d3FF0000000000000"}, edge_inputs<float>(),
                     [](float a) { return canonical(std::fma(a, 0.5F, 1.0F)); });
  check_lanes<double>({"add.f64 %d, %a, 0d4008000000000000"}, edge_inputs<double>(),
                      [](double a) { return a + 3; });
  check_lanes<float>({"mul.f32 %d, -1.5, %a"}, edge_inputs<float>(),
                     [](float a) { return canonical(-1.5F * a); });
}

}  // namespace cuda_sim::test
