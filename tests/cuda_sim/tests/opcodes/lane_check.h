// Checks of opcodes that compute each lane by itself: runs one instruction on many operand values,
// every lane with different ones, and compares each result with an expectation in plain C++. Every
// instruction runs twice: in all lanes, and guarded, in about half of them.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/random.h"

namespace cuda_sim::test {

// One source: bytes of each value (bool: 1 byte, becomes a predicate).
struct Column {
  bool predicate = false;
  std::uint32_t bytes = 4;
  std::vector<std::byte> values;
};

struct Instruction {
  std::string opcode;  // "add.s32"; a "%d" starts a whole instruction, "prmt.b32 %d, %a, %b, 7"
  std::uint32_t sm = 80;
  std::string preface = {};  // instructions before it
};

// The results, `bytes` per lane (predicates: 1 byte, 0 or 1); lanes that are off keep 0xa5 bytes
// (predicates: 0). Fails on any report.
std::vector<std::byte> run_lanes(const Instruction& instruction, bool predicate,
                                 std::uint32_t bytes, const std::vector<Column>& sources,
                                 const std::vector<std::uint32_t>& on);

template <class T>
Column column(const std::vector<T>& values) {
  Column result;
  result.predicate = std::is_same_v<T, bool>;
  result.bytes = sizeof(T);
  result.values.resize(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T value = values[i];
    std::memcpy(result.values.data() + i * sizeof(T), &value, sizeof(T));
  }
  return result;
}

// Bits are compared, but a NaN of double may be any: PTX keeps payloads there, hosts differ.
template <class T>
bool same(T a, T b) {
  if constexpr (std::is_same_v<T, double>) {
    if (std::isnan(a) && std::isnan(b)) return true;
  }
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

template <class T>
std::string show(T value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  char text[64];
  std::snprintf(text, sizeof(text), "%.9g (0x%llx)", static_cast<double>(value),
                static_cast<unsigned long long>(bits));
  return text;
}

// accepts(result, sources...): whether a result is right.
template <class R, class... A, class F>
void check_lanes_with(const Instruction& instruction, const std::vector<std::tuple<A...>>& inputs,
                      F accepts) {
  corticast::test::Random random(inputs.size());
  std::vector<Column> sources;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto one = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
      std::vector<std::tuple_element_t<K, std::tuple<A...>>> values;
      for (const auto& input : inputs) values.push_back(std::get<K>(input));
      sources.push_back(column(values));
    };
    (one(std::integral_constant<std::size_t, I>{}), ...);
  }(std::index_sequence_for<A...>{});
  for (const bool guarded : {false, true}) {
    std::vector<std::uint32_t> on(inputs.size(), 1);
    if (guarded) {
      for (std::uint32_t& lane : on) lane = random.bits() & 1U;
    }
    const std::vector<std::byte> bytes =
        run_lanes(instruction, std::is_same_v<R, bool>, sizeof(R), sources, on);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      R result{};
      std::memcpy(&result, bytes.data() + i * sizeof(R), sizeof(R));
      if (on[i] == 0) {
        R untouched{};
        if constexpr (!std::is_same_v<R, bool>) std::memset(&untouched, 0xa5, sizeof(R));
        if (!same(result, untouched)) FAIL(instruction.opcode << " wrote to a lane that is off");
        continue;
      }
      std::string text;
      std::apply([&](auto... in) { ((text += " " + show(in)), ...); }, inputs[i]);
      std::apply(
          [&](auto... in) {
            const std::string wrong = accepts(result, in...);
            if (!wrong.empty()) {
              FAIL(instruction.opcode << text << " gives " << show(result) << ", expected "
                                      << wrong);
            }
          },
          inputs[i]);
    }
  }
  SUCCEED(instruction.opcode);
}

// expected(sources...) is the one right result.
template <class R, class... A, class F>
void check_lanes(const Instruction& instruction, const std::vector<std::tuple<A...>>& inputs,
                 F expected) {
  check_lanes_with<R>(instruction, inputs, [&](R result, auto... in) {
    const R wanted = expected(in...);
    return same(result, wanted) ? std::string() : show(wanted);
  });
}

// Values at the edges of a type and a few ordinary ones.
template <class T>
std::vector<T> edges() {
  if constexpr (std::is_floating_point_v<T>) {
    using L = std::numeric_limits<T>;
    std::vector<T> values = {L::min(),     L::max(),      L::denorm_min(),
                             L::min() / 4, L::infinity(), 1 + L::epsilon()};
    for (const double value : {0.0, 0.1, 0.333333, 0.5, 1.0, 1.5, 2.5, 3.14159265, 12345.678,
                               8388609.0, 1e10, 1e30, 1e-20}) {
      values.push_back(static_cast<T>(value));
    }
    const std::size_t count = values.size();
    for (std::size_t i = 0; i < count; ++i) values.push_back(-values[i]);
    values.push_back(L::quiet_NaN());
    return values;
  } else {
    using L = std::numeric_limits<T>;
    std::vector<T> values = {T{0}, T{1}, T{2}, T{7}, T{31}, T{100}, L::min(), L::max()};
    values.push_back(static_cast<T>(L::min() + 1));
    values.push_back(static_cast<T>(L::max() - 1));
    values.push_back(static_cast<T>(-1));
    values.push_back(static_cast<T>(-7));
    values.push_back(static_cast<T>(L::max() / 3));
    corticast::test::Random random(sizeof(T));
    for (int i = 0; i < 6; ++i) values.push_back(static_cast<T>(random.bits()));
    return values;
  }
}

// All combinations, or about 600 of them.
template <class... T>
std::vector<std::tuple<T...>> combine(const std::vector<T>&... values) {
  std::size_t all = 1;
  ((all *= values.size()), ...);
  corticast::test::Random random(all);
  std::vector<std::tuple<T...>> result;
  constexpr std::size_t kMost = 600;
  for (std::size_t k = 0; k < std::min(all, kMost); ++k) {
    std::size_t i = all <= kMost ? k : random.below(all);
    const auto pick = [&i](const auto& from) {
      const auto value = from[i % from.size()];
      i /= from.size();
      return value;
    };
    result.push_back(std::tuple<T...>{pick(values)...});
  }
  return result;
}

template <class... T>
std::vector<std::tuple<T...>> edge_inputs() {
  return combine(edges<T>()...);
}

}  // namespace cuda_sim::test
