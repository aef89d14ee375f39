// cvt in every pair of types, cvta and isspacep.
#include <algorithm>

#include "tests/cuda_sim/machine/program.h"
#include "tests/cuda_sim/tests/opcodes/half_numbers.h"
#include "tests/cuda_sim/tests/opcodes/lane_check.h"

namespace cuda_sim::test {
namespace {

__extension__ typedef __int128 Wide;
using Half = std::uint16_t;

template <class T>
std::string type_name() {
  if (std::is_floating_point_v<T>) return sizeof(T) == 4 ? ".f32" : ".f64";
  return (std::is_signed_v<T> ? ".s" : ".u") + std::to_string(8 * sizeof(T));
}

template <class To>
To clamped(Wide value) {
  using L = std::numeric_limits<To>;
  return static_cast<To>(std::clamp<Wide>(value, L::min(), L::max()));
}

template <class To, class From>
void check_integers() {
  const auto inputs = edge_inputs<From>();
  const std::string types = type_name<To>() + type_name<From>();
  check_lanes<To>({"cvt" + types}, inputs, [](From a) { return static_cast<To>(a); });
  check_lanes<To>({"cvt.sat" + types}, inputs, [](From a) { return clamped<To>(a); });
}

template <class From>
void check_from_integer() {
  check_integers<std::int8_t, From>();
  check_integers<std::uint8_t, From>();
  check_integers<std::int16_t, From>();
  check_integers<std::uint16_t, From>();
  check_integers<std::int32_t, From>();
  check_integers<std::uint32_t, From>();
  check_integers<std::int64_t, From>();
  check_integers<std::uint64_t, From>();
}

// The neighbour of the exact value in the direction; T has fewer bits than long double.
template <class T>
T directed(char direction, long double exact) {
  const T nearest = static_cast<T>(exact);
  if (static_cast<long double>(nearest) == exact || direction == 'n') return nearest;
  const bool above = static_cast<long double>(nearest) > exact;
  const T down = above ? std::nextafter(nearest, -std::numeric_limits<T>::infinity()) : nearest;
  const T up = above ? nearest : std::nextafter(nearest, std::numeric_limits<T>::infinity());
  if (direction == 'm') return down;
  if (direction == 'p') return up;
  return exact < 0 ? up : down;
}

template <class To, class From>
void check_integer_to_float() {
  auto inputs = edge_inputs<From>();
  if constexpr (sizeof(From) > 2) {  // halfway between two floats, and next to it
    for (const int i : {0x1000001, 0x1000002, 0x1000003, 0x3000003, 0x7fffffff}) {
      inputs.emplace_back(static_cast<From>(i));
    }
  }
  for (const char d : {'n', 'z', 'm', 'p'}) {
    check_lanes<To>({std::string("cvt.r") + d + type_name<To>() + type_name<From>()}, inputs,
                    [&](From a) { return directed<To>(d, static_cast<long double>(a)); });
  }
}

template <class From>
void check_from_integer_to_floats() {
  check_integer_to_float<float, From>();
  check_integer_to_float<double, From>();
}

double round_by(char direction, double value) {
  switch (direction) {
    case 'm':
      return std::floor(value);
    case 'p':
      return std::ceil(value);
    case 'z':
      return std::trunc(value);
    default: {
      const double down = std::floor(value);
      const double rest = value - down;
      const bool odd = std::fmod(down, 2) != 0;
      return rest > 0.5 || (rest == 0.5 && odd) ? down + 1 : down;
    }
  }
}

template <class To, class From>
void check_float_to_integer() {
  auto values = edges<From>();
  for (const double value :
       {-0.5, 0.5, 1.5, 2.5, -1.5, 127.5, 128.0, 255.5, 256.0, 32767.5, 65535.4, 2147483647.0,
        2147483648.0, 4294967295.0, 4294967296.0, 9.3e18, -9.3e18, 1.9e19, -2147483649.0}) {
    values.push_back(static_cast<From>(value));
  }
  for (const char d : {'n', 'z', 'm', 'p'}) {
    check_lanes<To>({std::string("cvt.r") + d + "i" + type_name<To>() + type_name<From>()},
                    combine(values), [&](From a) -> To {
                      if (std::isnan(a)) {
                        const bool wide = sizeof(To) == 8 || sizeof(From) == 8;
                        return static_cast<To>(wide ? Wide{1} << (8 * sizeof(To) - 1) : 0);
                      }
                      const double whole = round_by(d, static_cast<double>(a));
                      if (whole > 1e30) return std::numeric_limits<To>::max();
                      if (whole < -1e30) return std::numeric_limits<To>::min();
                      return clamped<To>(static_cast<Wide>(whole));
                    });
  }
}

template <class To>
void check_to_integer() {
  check_float_to_integer<To, float>();
  check_float_to_integer<To, double>();
}

float canonical(float value) {
  return std::isnan(value) ? std::bit_cast<float>(0x7fffffffU) : value;
}

}  // namespace

TEMPLATE_TEST_CASE("cvt between integers truncates, extends or saturates", "", std::int8_t,
                   std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                   std::int64_t, std::uint64_t) {
  check_from_integer<TestType>();
}

TEMPLATE_TEST_CASE("cvt of integers to f32 and f64 rounds in every direction", "", std::int8_t,
                   std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                   std::int64_t, std::uint64_t) {
  check_from_integer_to_floats<TestType>();
}

TEMPLATE_TEST_CASE("cvt of f32 and f64 to integers rounds and clamps", "", std::int8_t,
                   std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                   std::int64_t, std::uint64_t) {
  check_to_integer<TestType>();
}

TEST_CASE("cvt between f32 and f64") {
  check_lanes<double>({"cvt.f64.f32"}, edge_inputs<float>(),
                      [](float a) { return static_cast<double>(a); });
  std::vector<double> values = edges<double>();
  for (const double value : {1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-50, 1 + 0x3p-24, 0x1p-149, 0x1.8p-149,
                             0x1p-150, 0x1.fffffefp127, 0x1.ffffffp127, -0x1.8p-140}) {
    values.push_back(value);
  }
  check_lanes<float>({"cvt.rn.f32.f64"}, combine(values),
                     [](double a) { return canonical(static_cast<float>(a)); });
  for (const char d : {'z', 'm', 'p'}) {
    check_lanes<float>({std::string("cvt.r") + d + ".f32.f64"}, combine(values), [&](double a) {
      if (std::isnan(a)) return canonical(NAN);
      if (std::isinf(a)) return static_cast<float>(a);
      return directed<float>(d, a);
    });
  }
  check_lanes<float>({"cvt.rn.ftz.f32.f64"}, combine(values), [](double a) {
    const float result = static_cast<float>(a);
    return std::fabs(result) < 0x1p-126F ? std::copysign(0.0F, result) : canonical(result);
  });
}

TEST_CASE("cvt in place rounds to integers, flushes and saturates") {
  for (const char d : {'n', 'z', 'm', 'p'}) {
    const std::string rounding = std::string("cvt.r") + d + "i";
    check_lanes<float>({rounding + ".f32.f32"}, edge_inputs<float>(), [&](float a) {
      if (!std::isfinite(a)) return canonical(a);
      return std::copysign(static_cast<float>(round_by(d, static_cast<double>(a))), a);
    });
    check_lanes<double>({rounding + ".f64.f64"}, edge_inputs<double>(), [&](double a) {
      return std::isfinite(a) ? std::copysign(round_by(d, a), a) : a;
    });
  }
  check_lanes<float>({"cvt.sat.f32.f32"}, edge_inputs<float>(),
                     [](float a) { return a > 0 ? std::fmin(a, 1.0F) : 0.0F; });
  check_lanes<float>({"cvt.ftz.f32.f32"}, edge_inputs<float>(), [](float a) {
    return std::fabs(a) < 0x1p-126F ? std::copysign(0.0F, a) : canonical(a);
  });
}

TEST_CASE("cvt between 16-bit numbers and the others") {
  for (const HalfFormat& f : {kHalf, kBrain}) {
    const auto halves = combine(half_edges(f));
    const std::string h = "." + f.name;
    check_lanes<float>({"cvt.f32" + h, 90}, halves, [&](Half a) {
      return std::isnan(f.value(a)) ? canonical(NAN) : static_cast<float>(f.value(a));
    });
    check_lanes<double>({"cvt.f64" + h, 90}, halves, [&](Half a) { return f.value(a); });
    auto floats = edges<float>();
    for (const float value :
         {65504.0F, 65519.9F, 65520.0F, 0x1p-24F, 0x1p-25F, 0x1.8p-25F, 0x1.004p0F, 0x1.00cp0F,
          0x1.01p0F, 0x1.03p0F, 0x1.feffp127F, 0x1.ffp127F}) {
      floats.push_back(value);
    }
    check_lanes<Half>({"cvt.rn" + h + ".f32", 90}, combine(floats),
                      [&](float a) { return f.nearest(static_cast<double>(a)); });
    check_lanes<Half>({"cvt.rn" + h + ".f64", 90}, edge_inputs<double>(),
                      [&](double a) { return f.nearest(a); });
    check_lanes<Half>({"cvt.rz" + h + ".f32", 90}, combine(floats), [&](float a) -> Half {
      if (std::isnan(a)) return 0x7fff;
      if (std::isinf(a)) return f.nearest(static_cast<double>(a));
      Half result = f.nearest(static_cast<double>(a));
      if (std::fabs(f.value(result)) > static_cast<double>(std::fabs(a))) --result;
      return result;
    });
    check_lanes<Half>({"cvt.rn" + h + ".s32", 90}, edge_inputs<std::int32_t>(),
                      [&](std::int32_t a) { return f.nearest(static_cast<double>(a)); });
    check_lanes<Half>({"cvt.rn" + h + ".u64", 90}, edge_inputs<std::uint64_t>(),
                      [&](std::uint64_t a) { return f.nearest(static_cast<long double>(a)); });
    check_lanes<std::int32_t>({"cvt.rzi.s32" + h, 90}, halves, [&](Half a) {
      const double value = f.value(a);
      if (std::isnan(value)) return 0;
      return static_cast<std::int32_t>(std::clamp(std::trunc(value), -2147483648.0, 2147483647.0));
    });
    check_lanes<Half>({"cvt.rmi" + h + h, 90}, halves, [&](Half a) -> Half {
      if (std::isnan(f.value(a))) return 0x7fff;
      return f.nearest(std::copysign(std::floor(f.value(a)), f.value(a)));
    });
  }
}

TEST_CASE("cvt packs two floats, the first into the upper half") {
  using U = std::uint32_t;
  const auto two = edge_inputs<float, float>();
  for (const HalfFormat& f : {kHalf, kBrain}) {
    const auto nearest = [&](float a) { return U{f.nearest(static_cast<double>(a))}; };
    const auto positive = [&](float a) {
      return std::isnan(a) || !std::signbit(a) ? nearest(a) : U{0};
    };
    check_lanes<U>({"cvt.rn." + f.name + "x2.f32"}, two,
                   [&](float a, float b) { return nearest(a) << 16 | nearest(b); });
    check_lanes<U>({"cvt.rn.relu." + f.name + "x2.f32"}, two,
                   [&](float a, float b) { return positive(a) << 16 | positive(b); });
    check_lanes<U>({"cvt.rz." + f.name + "x2.f32"},
                   combine(std::vector<float>{1.9999F, -3.14159F}, std::vector<float>{0.7F}),
                   [&](float a, float b) {
                     const auto towards_zero = [&](float x) {
                       U bits = nearest(x);
                       return std::fabs(f.value(static_cast<Half>(bits))) >
                                      static_cast<double>(std::fabs(x))
                                  ? bits - 1
                                  : bits;
                     };
                     return towards_zero(a) << 16 | towards_zero(b);
                   });
  }
}

TEST_CASE("cvt to tf32 keeps ten bits, ties away from zero or to even") {
  using U = std::uint32_t;
  std::vector<float> floats = edges<float>();
  for (const float value : {0x1.002p0F, 0x1.006p0F, 0x1.001fffp0F, -0x1.002p0F, 0x1.ffep5F}) {
    floats.push_back(value);
  }
  const HalfFormat tf32{"tf32", 8, 10};  // only value() serves: 19 bits
  const auto round = [&](float a, bool away) -> U {
    if (std::isnan(a)) return 0x7fffffff;
    if (std::isinf(a)) return std::bit_cast<U>(a);
    int exponent = 0;
    std::frexp(a, &exponent);
    const int unit = std::max(exponent - 1, -126) - tf32.mantissa_bits;
    const double scaled = std::ldexp(static_cast<double>(std::fabs(a)), -unit);
    const double whole = away ? std::floor(scaled + 0.5) : round_by('n', scaled);
    return std::bit_cast<U>(std::copysign(static_cast<float>(std::ldexp(whole, unit)), a));
  };
  check_lanes<U>({"cvt.rna.tf32.f32"}, combine(floats), [&](float a) { return round(a, true); });
  check_lanes<U>({"cvt.rn.tf32.f32", 90}, combine(floats),
                 [&](float a) { return round(a, false); });
}

TEST_CASE("cvt extends to destinations wider than the type") {
  check_lanes<std::int64_t>({"cvt.s8.s32"}, edge_inputs<std::int32_t>(), [](std::int32_t a) {
    return std::int64_t{static_cast<std::int8_t>(a)};
  });
  check_lanes<std::uint64_t>({"cvt.u16.u32"}, edge_inputs<std::uint32_t>(),
                             [](std::uint32_t a) { return std::uint64_t{a & 0xffffU}; });
  check_lanes<std::int64_t>({"cvt.s64.s32"}, edge_inputs<std::int64_t>(), [](std::int64_t a) {
    return std::int64_t{static_cast<std::int32_t>(a)};
  });
}

TEST_CASE("generic addresses of shared and local memory lie in their windows") {
  using A = std::uint64_t;
  const std::vector<A> offsets = {0, 4, 1024, 0xffff};
  check_lanes<A>({"cvta.shared.u64"}, combine(offsets), [](A a) { return kSharedWindow + a; });
  check_lanes<A>({"cvta.local.u64"}, combine(offsets), [](A a) { return kLocalWindow + a; });
  check_lanes<A>({"cvta.global.u64"}, combine(offsets), [](A a) { return a; });
  check_lanes<A>({"cvta.to.global.u64"}, combine(offsets), [](A a) { return a; });
  check_lanes<A>({"cvta.to.shared.u64"}, combine(std::vector<A>{kSharedWindow + 8}),
                 [](A) { return A{8}; });
  check_lanes<A>({"cvta.to.local.u64"}, combine(std::vector<A>{kLocalWindow + 8}),
                 [](A) { return A{8}; });
  const std::vector<A> addresses = {
      1, kSharedWindow, kSharedWindow + 99, kLocalWindow, kLocalWindow + 1, kSharedWindow - 1};
  check_lanes<bool>({"isspacep.shared"}, combine(addresses),
                    [](A a) { return a >= kSharedWindow && a < kLocalWindow; });
  check_lanes<bool>({"isspacep.local"}, combine(addresses), [](A a) { return a >= kLocalWindow; });
  check_lanes<bool>({"isspacep.global"}, combine(addresses), [](A a) { return a < kSharedWindow; });
}

}  // namespace cuda_sim::test
