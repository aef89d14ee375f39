// Integer arithmetic, PTX ISA 9.7.1. Results wrap around unless .sat says otherwise.
#include <limits>
#include <type_traits>

#include "tests/cuda_sim/opcodes/arithmetic_forms.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

template <class T>
using Unsigned = std::make_unsigned_t<T>;

// Twice the width, same signedness.
template <class T>
struct WideOf;
template <>
struct WideOf<std::int16_t> {
  using Type = std::int32_t;
};
template <>
struct WideOf<std::uint16_t> {
  using Type = std::uint32_t;
};
template <>
struct WideOf<std::int32_t> {
  using Type = std::int64_t;
};
template <>
struct WideOf<std::uint32_t> {
  using Type = std::uint64_t;
};
template <>
struct WideOf<std::int64_t> {
  __extension__ using Type = __int128;
};
template <>
struct WideOf<std::uint64_t> {
  __extension__ using Type = unsigned __int128;
};
template <class T>
using Wide = typename WideOf<T>::Type;

// Arithmetic in an unsigned type of at least 32 bits: no overflow, no promotion to int.
template <class T>
using Modular = std::conditional_t<sizeof(T) < 4, std::uint32_t, Unsigned<T>>;

struct Add {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(static_cast<Modular<T>>(a) + static_cast<Modular<T>>(b));
  }
};
struct Sub {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(static_cast<Modular<T>>(a) - static_cast<Modular<T>>(b));
  }
};

std::int32_t clamp_s32(std::int64_t value) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(value < kMin ? kMin : (value > kMax ? kMax : value));
}
struct AddSat {
  static std::int32_t apply(std::int32_t a, std::int32_t b) {
    return clamp_s32(std::int64_t{a} + b);
  }
};
struct SubSat {
  static std::int32_t apply(std::int32_t a, std::int32_t b) {
    return clamp_s32(std::int64_t{a} - b);
  }
};
struct MadHiSat {
  static std::int32_t apply(std::int32_t a, std::int32_t b, std::int32_t c) {
    return clamp_s32(((std::int64_t{a} * b) >> 32) + c);
  }
};

struct MulLo {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(static_cast<Modular<T>>(a) * static_cast<Modular<T>>(b));
  }
};
struct MulHi {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>((static_cast<Wide<T>>(a) * static_cast<Wide<T>>(b)) >> (8 * sizeof(T)));
  }
};
struct MulWide {
  template <class T>
  static Wide<T> apply(T a, T b) {
    return static_cast<Wide<T>>(static_cast<Wide<T>>(a) * static_cast<Wide<T>>(b));
  }
};
template <class Mul>
struct Mad {
  template <class T, class C>
  static C apply(T a, T b, C c) {
    return Add::apply(static_cast<C>(Mul::apply(a, b)), c);
  }
};
// 24 bits each, sign- or zero-extended; the low or the upper 32 of the 48 bits of the product.
template <bool High>
struct Mul24 {
  static std::uint32_t apply(std::uint32_t a, std::uint32_t b) {
    const std::uint64_t product = std::uint64_t{a & 0xffffffU} * (b & 0xffffffU);
    return static_cast<std::uint32_t>(High ? product >> 16 : product);
  }
  static std::int32_t apply(std::int32_t a, std::int32_t b) {
    const std::int64_t product = std::int64_t{extend(a)} * extend(b);
    return static_cast<std::int32_t>(High ? product >> 16 : product);
  }
  static std::int32_t extend(std::int32_t a) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) << 8) >> 8;
  }
};

// PTX leaves division by zero unspecified; all ones is what current hardware gives.
struct Div {
  template <class T>
  static T apply(T a, T b) {
    if (b == 0) return static_cast<T>(~T{0});
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return Sub::apply(T{0}, a);
    }
    return static_cast<T>(a / b);
  }
};
struct Rem {
  template <class T>
  static T apply(T a, T b) {
    if (b == 0) return a;
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return T{0};
    }
    return static_cast<T>(a % b);
  }
};
struct Min {
  template <class T>
  static T apply(T a, T b) {
    return b < a ? b : a;
  }
};
struct Max {
  template <class T>
  static T apply(T a, T b) {
    return a < b ? b : a;
  }
};
struct Neg {
  template <class T>
  static T apply(T a) {
    return Sub::apply(T{0}, a);
  }
};
struct Abs {
  template <class T>
  static T apply(T a) {
    return a < 0 ? Sub::apply(T{0}, a) : a;
  }
};
struct Sad {
  template <class T>
  static T apply(T a, T b, T c) {
    return Add::apply(c, a < b ? Sub::apply(b, a) : Sub::apply(a, b));
  }
};

template <class Operation, class T, std::size_t Sources>
constexpr Execute same_type() {
  if constexpr (Sources == 1) return map_lanes<Operation, T, T>;
  if constexpr (Sources == 2) return map_lanes<Operation, T, T, T>;
  if constexpr (Sources == 3) return map_lanes<Operation, T, T, T, T>;
}

// The operation in a type of 16, 32 or 64 bits; signed_only: abs, neg.
template <class Operation, std::size_t Sources, bool SignedOnly = false>
Execute by_type(Decoder& decoder, Type type) {
  if (type.kind == Type::Class::kSigned) {
    if (type.bits == 16) return same_type<Operation, std::int16_t, Sources>();
    if (type.bits == 32) return same_type<Operation, std::int32_t, Sources>();
    if (type.bits == 64) return same_type<Operation, std::int64_t, Sources>();
  }
  if constexpr (!SignedOnly) {
    if (type.kind == Type::Class::kUnsigned) {
      if (type.bits == 16) return same_type<Operation, std::uint16_t, Sources>();
      if (type.bits == 32) return same_type<Operation, std::uint32_t, Sources>();
      if (type.bits == 64) return same_type<Operation, std::uint64_t, Sources>();
    }
  }
  decoder.unknown("not with this type");
}

void emit_same(Decoder& decoder, Type type, std::size_t sources, Execute execute) {
  LaneRef operands[4] = {decoder.destination(decoder.operand(0), type.bits)};
  for (std::size_t i = 1; i <= sources; ++i) {
    operands[i] = decoder.source(decoder.operand(i), type);
  }
  decoder.emit(execute, {operands, sources + 1});
}

template <class Operation, std::size_t Sources>
void emit_s32(Decoder& decoder, Type type) {
  if (type.kind != Type::Class::kSigned || type.bits != 32) decoder.unknown(".sat needs .s32");
  emit_same(decoder, type, Sources, same_type<Operation, std::int32_t, Sources>());
}

void decode_wide(Decoder& decoder, Type type, bool add) {
  const Type wide{type.kind, type.bits * 2};
  Execute execute = nullptr;
  const auto pick = [&]<class T>(T) {
    execute =
        add ? &map_lanes<Mad<MulWide>, Wide<T>, T, T, Wide<T>> : &map_lanes<MulWide, Wide<T>, T, T>;
  };
  if (type.kind == Type::Class::kBits) decoder.unknown("not with this type");
  const bool is_signed = type.kind == Type::Class::kSigned;
  if (type.bits == 16 && is_signed) pick(std::int16_t{});
  if (type.bits == 16 && !is_signed) pick(std::uint16_t{});
  if (type.bits == 32 && is_signed) pick(std::int32_t{});
  if (type.bits == 32 && !is_signed) pick(std::uint32_t{});
  if (execute == nullptr) decoder.unknown("not with this type");
  const LaneRef to = decoder.destination(decoder.operand(0), wide.bits);
  const LaneRef a = decoder.source(decoder.operand(1), type);
  const LaneRef b = decoder.source(decoder.operand(2), type);
  if (add) {
    decoder.emit(execute, {to, a, b, decoder.source(decoder.operand(3), wide)});
  } else {
    decoder.emit(execute, {to, a, b});
  }
}

void decode_mul(Decoder& decoder, Type type) {
  if (decoder.take("wide")) {
    decode_wide(decoder, type, false);
  } else if (decoder.take("lo")) {
    emit_same(decoder, type, 2, by_type<MulLo, 2>(decoder, type));
  } else if (decoder.take("hi")) {
    emit_same(decoder, type, 2, by_type<MulHi, 2>(decoder, type));
  } else {
    decoder.unknown("needs .lo, .hi or .wide");
  }
}

void decode_mad(Decoder& decoder, Type type) {
  if (decoder.take("wide")) {
    decode_wide(decoder, type, true);
  } else if (decoder.take("lo")) {
    emit_same(decoder, type, 3, by_type<Mad<MulLo>, 3>(decoder, type));
  } else if (!decoder.take("hi")) {
    decoder.unknown("needs .lo, .hi or .wide");
  } else if (decoder.take("sat")) {
    emit_s32<MadHiSat, 3>(decoder, type);
  } else {
    emit_same(decoder, type, 3, by_type<Mad<MulHi>, 3>(decoder, type));
  }
}

template <bool High>
Execute mul24_execute(bool add, bool is_signed) {
  if (is_signed) {
    return add ? same_type<Mad<Mul24<High>>, std::int32_t, 3>()
               : same_type<Mul24<High>, std::int32_t, 2>();
  }
  return add ? same_type<Mad<Mul24<High>>, std::uint32_t, 3>()
             : same_type<Mul24<High>, std::uint32_t, 2>();
}

void decode_24(Decoder& decoder, Type type, bool add) {
  if (type.bits != 32 || type.kind == Type::Class::kBits) decoder.unknown("not with this type");
  const bool is_signed = type.kind == Type::Class::kSigned;
  const bool high = decoder.take("hi");
  if (!high && !decoder.take("lo")) decoder.unknown("needs .lo or .hi");
  emit_same(decoder, type, add ? 3 : 2,
            high ? mul24_execute<true>(add, is_signed) : mul24_execute<false>(add, is_signed));
}

}  // namespace

void decode_integer_arithmetic(Decoder& decoder, Type type) {
  const std::string& name = decoder.instruction().parts[0];
  if (name == "add" && decoder.take("sat")) return emit_s32<AddSat, 2>(decoder, type);
  if (name == "sub" && decoder.take("sat")) return emit_s32<SubSat, 2>(decoder, type);
  if (name == "mul") return decode_mul(decoder, type);
  if (name == "mad") return decode_mad(decoder, type);
  if (name == "mul24" || name == "mad24") return decode_24(decoder, type, name == "mad24");
  Execute execute = nullptr;
  std::size_t sources = 2;
  if (name == "add") {
    execute = by_type<Add, 2>(decoder, type);
  } else if (name == "sub") {
    execute = by_type<Sub, 2>(decoder, type);
  } else if (name == "div") {
    execute = by_type<Div, 2>(decoder, type);
  } else if (name == "rem") {
    execute = by_type<Rem, 2>(decoder, type);
  } else if (name == "min") {
    execute = by_type<Min, 2>(decoder, type);
  } else if (name == "max") {
    execute = by_type<Max, 2>(decoder, type);
  } else if (name == "abs") {
    execute = by_type<Abs, 1, true>(decoder, type);
    sources = 1;
  } else if (name == "neg") {
    execute = by_type<Neg, 1, true>(decoder, type);
    sources = 1;
  } else if (name == "sad") {
    execute = by_type<Sad, 3>(decoder, type);
    sources = 3;
  } else {
    decoder.unknown("not with an integer type");
  }
  emit_same(decoder, type, sources, execute);
}

}  // namespace cuda_sim
