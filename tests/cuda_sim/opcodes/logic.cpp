// Bitwise operations, shifts and bit fields, PTX ISA 9.7.1 (bit fields) and 9.7.8 (logic).
#include <algorithm>
#include <bit>
#include <type_traits>

#include "tests/cuda_sim/opcodes/families.h"
#include "tests/cuda_sim/opcodes/lanes.h"
#include "tests/cuda_sim/opcodes/logic_operations.h"

namespace cuda_sim {
namespace {

using Class = Type::Class;
constexpr Type kU32{Class::kUnsigned, 32};

struct And {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a & b);
  }
};
struct Or {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a | b);
  }
};
struct Xor {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};
struct Not {
  template <class T>
  static T apply(T a) {
    return static_cast<T>(~a);
  }
};
struct Cnot {
  template <class T>
  static T apply(T a) {
    return a == 0 ? T{1} : T{0};
  }
};

// On predicates: one bit per lane.
template <class Operation, std::size_t Sources>
void run_predicates(Warp& warp, const Step& step) {
  if constexpr (Sources == 1) {
    warp.set_predicate(step.operands[0], Operation::apply(warp.predicate(step.operands[1])));
  } else {
    warp.set_predicate(step.operands[0], Operation::apply(warp.predicate(step.operands[1]),
                                                          warp.predicate(step.operands[2])));
  }
}

template <class Operation, class T, std::size_t Sources>
constexpr Execute same_type() {
  if constexpr (Sources == 1) return map_lanes<Operation, T, T>;
  if constexpr (Sources == 2) return map_lanes<Operation, T, T, T>;
}

template <class Operation, std::size_t Sources, bool Predicates>
void decode_bitwise(Decoder& decoder) {
  const Type type = decoder.type();
  Execute execute = nullptr;
  if (type.kind == Class::kBits && type.bits == 16) {
    execute = same_type<Operation, std::uint16_t, Sources>();
  } else if (type.kind == Class::kBits && type.bits == 32) {
    execute = same_type<Operation, std::uint32_t, Sources>();
  } else if (type.kind == Class::kBits && type.bits == 64) {
    execute = same_type<Operation, std::uint64_t, Sources>();
  }
  if constexpr (Predicates) {
    if (type.kind == Class::kPredicate) execute = run_predicates<Operation, Sources>;
  }
  if (execute == nullptr) decoder.unknown("not with this type");
  LaneRef operands[3] = {decoder.destination(decoder.operand(0), type.bits)};
  for (std::size_t i = 1; i <= Sources; ++i) {
    operands[i] = decoder.source(decoder.operand(i), type);
  }
  decoder.emit(execute, {operands, Sources + 1});
}

template <class T>
constexpr Execute kShiftLeft = map_lanes<ShiftLeft, T, T, std::uint32_t>;
template <class T>
constexpr Execute kShiftRight = map_lanes<ShiftRight, T, T, std::uint32_t>;

void emit_shift(Decoder& decoder, Type type, Execute execute) {
  if (execute == nullptr) decoder.unknown("not with this type");
  decoder.emit(execute, {decoder.destination(decoder.operand(0), type.bits),
                         decoder.source(decoder.operand(1), type),
                         decoder.source(decoder.operand(2), kU32)});
}

void decode_shl(Decoder& decoder) {
  const Type type = decoder.type();
  Execute execute = nullptr;
  if (type.kind == Class::kBits && type.bits == 16) execute = kShiftLeft<std::uint16_t>;
  if (type.kind == Class::kBits && type.bits == 32) execute = kShiftLeft<std::uint32_t>;
  if (type.kind == Class::kBits && type.bits == 64) execute = kShiftLeft<std::uint64_t>;
  emit_shift(decoder, type, execute);
}

void decode_shr(Decoder& decoder) {
  const Type type = decoder.type();
  Execute execute = nullptr;
  if (type.kind == Class::kSigned) {
    if (type.bits == 16) execute = kShiftRight<std::int16_t>;
    if (type.bits == 32) execute = kShiftRight<std::int32_t>;
    if (type.bits == 64) execute = kShiftRight<std::int64_t>;
  } else if (type.kind == Class::kUnsigned || type.kind == Class::kBits) {
    if (type.bits == 16) execute = kShiftRight<std::uint16_t>;
    if (type.bits == 32) execute = kShiftRight<std::uint32_t>;
    if (type.bits == 64) execute = kShiftRight<std::uint64_t>;
  }
  emit_shift(decoder, type, execute);
}

// bfe d, a, position, length.
void decode_bfe(Decoder& decoder) {
  const Type type = decoder.type();
  Execute execute = nullptr;
  if (type.kind == Class::kUnsigned && type.bits == 32) {
    execute = map_lanes<ExtractField, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
  } else if (type.kind == Class::kSigned && type.bits == 32) {
    execute = map_lanes<ExtractField, std::int32_t, std::int32_t, std::uint32_t, std::uint32_t>;
  } else if (type.kind == Class::kUnsigned && type.bits == 64) {
    execute = map_lanes<ExtractField, std::uint64_t, std::uint64_t, std::uint32_t, std::uint32_t>;
  } else if (type.kind == Class::kSigned && type.bits == 64) {
    execute = map_lanes<ExtractField, std::int64_t, std::int64_t, std::uint32_t, std::uint32_t>;
  } else {
    decoder.unknown("not with this type");
  }
  decoder.emit(
      execute,
      {decoder.destination(decoder.operand(0), type.bits), decoder.source(decoder.operand(1), type),
       decoder.source(decoder.operand(2), kU32), decoder.source(decoder.operand(3), kU32)});
}

// bfi d, a, b, position, length.
void decode_bfi(Decoder& decoder) {
  const Type type = decoder.type();
  if (type.kind != Class::kBits || type.bits < 32) decoder.unknown("not with this type");
  const Execute execute = type.bits == 32 ? &map_lanes<InsertField, std::uint32_t, std::uint32_t,
                                                       std::uint32_t, std::uint32_t, std::uint32_t>
                                          : &map_lanes<InsertField, std::uint64_t, std::uint64_t,
                                                       std::uint64_t, std::uint32_t, std::uint32_t>;
  decoder.emit(
      execute,
      {decoder.destination(decoder.operand(0), type.bits), decoder.source(decoder.operand(1), type),
       decoder.source(decoder.operand(2), type), decoder.source(decoder.operand(3), kU32),
       decoder.source(decoder.operand(4), kU32)});
}

// popc, clz: a count of 32 bits, whatever the source.
template <class Operation>
void decode_count(Decoder& decoder) {
  const Type type = decoder.type();
  if (type.kind != Class::kBits || type.bits < 32) decoder.unknown("not with this type");
  decoder.emit(
      type.bits == 32 ? &map_lanes<Operation, std::uint32_t, std::uint32_t>
                      : &map_lanes<Operation, std::uint32_t, std::uint64_t>,
      {decoder.destination(decoder.operand(0), 32), decoder.source(decoder.operand(1), type)});
}

void decode_brev(Decoder& decoder) {
  const Type type = decoder.type();
  if (type.kind != Class::kBits || type.bits < 32) decoder.unknown("not with this type");
  decoder.emit(type.bits == 32 ? &map_lanes<Reverse, std::uint32_t, std::uint32_t>
                               : &map_lanes<Reverse, std::uint64_t, std::uint64_t>,
               {decoder.destination(decoder.operand(0), type.bits),
                decoder.source(decoder.operand(1), type)});
}

template <bool ShiftAmount>
Execute find_execute(const Decoder& decoder, Type type) {
  if (type.kind == Class::kUnsigned && type.bits == 32) {
    return map_lanes<FindLeading<ShiftAmount>, std::uint32_t, std::uint32_t>;
  }
  if (type.kind == Class::kSigned && type.bits == 32) {
    return map_lanes<FindLeading<ShiftAmount>, std::uint32_t, std::int32_t>;
  }
  if (type.kind == Class::kUnsigned && type.bits == 64) {
    return map_lanes<FindLeading<ShiftAmount>, std::uint32_t, std::uint64_t>;
  }
  if (type.kind == Class::kSigned && type.bits == 64) {
    return map_lanes<FindLeading<ShiftAmount>, std::uint32_t, std::int64_t>;
  }
  decoder.unknown("not with this type");
}

void decode_bfind(Decoder& decoder) {
  const Type type = decoder.type();
  const Execute execute = decoder.take("shiftamt") ? find_execute<true>(decoder, type)
                                                   : find_execute<false>(decoder, type);
  decoder.emit(execute, {decoder.destination(decoder.operand(0), 32),
                         decoder.source(decoder.operand(1), type)});
}

template <class Operation>
constexpr Execute kThreeWords =
    map_lanes<Operation, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;

void emit_three_words(Decoder& decoder, Execute execute) {
  decoder.emit(
      execute,
      {decoder.destination(decoder.operand(0), 32), decoder.source(decoder.operand(1), kU32),
       decoder.source(decoder.operand(2), kU32), decoder.source(decoder.operand(3), kU32)});
}

void take_b32(Decoder& decoder) {
  if (!decoder.take("b32")) decoder.unknown("needs .b32");
}

void decode_prmt(Decoder& decoder) {
  take_b32(decoder);
  Execute execute = kThreeWords<Permute>;
  if (decoder.take("f4e")) {
    execute = kThreeWords<PermuteBy<[](unsigned s, unsigned i) { return s + i; }>>;
  } else if (decoder.take("b4e")) {
    execute = kThreeWords<PermuteBy<[](unsigned s, unsigned i) { return (s - i) & 7U; }>>;
  } else if (decoder.take("rc8")) {
    execute = kThreeWords<PermuteBy<[](unsigned s, unsigned) { return s; }>>;
  } else if (decoder.take("ecl")) {
    execute = kThreeWords<PermuteBy<[](unsigned s, unsigned i) { return std::max(s, i); }>>;
  } else if (decoder.take("ecr")) {
    execute = kThreeWords<PermuteBy<[](unsigned s, unsigned i) { return std::min(s, i); }>>;
  } else if (decoder.take("rc16")) {
    execute =
        kThreeWords<PermuteBy<[](unsigned s, unsigned i) { return (s & 1U) * 2 + (i & 1U); }>>;
  }
  emit_three_words(decoder, execute);
}

// shf.l or .r, .clamp or .wrap: d, low word, high word, amount.
void decode_shf(Decoder& decoder) {
  take_b32(decoder);
  const bool left = decoder.take("l");
  if (!left && !decoder.take("r")) decoder.unknown("needs .l or .r");
  const bool clamp = decoder.take("clamp");
  if (!clamp && !decoder.take("wrap")) decoder.unknown("needs .clamp or .wrap");
  const Execute clamped = left ? kThreeWords<Funnel<true, true>> : kThreeWords<Funnel<false, true>>;
  const Execute wrapped =
      left ? kThreeWords<Funnel<true, false>> : kThreeWords<Funnel<false, false>>;
  emit_three_words(decoder, clamp ? clamped : wrapped);
}

// The eight bits of the table, each as a whole word.
struct LogicTable {
  std::uint32_t rows[8];
};

void run_lop3(Warp& warp, const Step& step) {
  const auto& table = *static_cast<const LogicTable*>(step.detail);
  const auto* a = warp.read<std::uint32_t>(step.operands[1]);
  const auto* b = warp.read<std::uint32_t>(step.operands[2]);
  const auto* c = warp.read<std::uint32_t>(step.operands[3]);
  write_lanes<std::uint32_t>(warp, step.operands[0], [=, rows = table.rows](unsigned lane) {
    const std::uint32_t x = a[lane];
    const std::uint32_t y = b[lane];
    const std::uint32_t z = c[lane];
    return (rows[0] & ~x & ~y & ~z) | (rows[1] & ~x & ~y & z) | (rows[2] & ~x & y & ~z) |
           (rows[3] & ~x & y & z) | (rows[4] & x & ~y & ~z) | (rows[5] & x & ~y & z) |
           (rows[6] & x & y & ~z) | (rows[7] & x & y & z);
  });
}

void decode_lop3(Decoder& decoder) {
  take_b32(decoder);
  const ptx::Operand& lut = decoder.operand(4);
  if (lut.kind != ptx::Operand::Kind::kImmediate || lut.is_float || lut.bits > 255) {
    decoder.unknown("needs a table from 0 to 255");
  }
  LogicTable table{};
  for (unsigned row = 0; row < 8; ++row) {
    table.rows[row] = ((lut.bits >> row) & 1U) != 0 ? 0xffffffffU : 0U;
  }
  decoder.detail(table);
  emit_three_words(decoder, run_lop3);
}

// szext and bmsk: .clamp or .wrap.
bool take_clamp(Decoder& decoder) {
  const bool clamp = decoder.take("clamp");
  if (!clamp && !decoder.take("wrap")) decoder.unknown("needs .clamp or .wrap");
  return clamp;
}

void emit_two_words(Decoder& decoder, Type type, Execute execute) {
  decoder.emit(execute, {decoder.destination(decoder.operand(0), 32),
                         decoder.source(decoder.operand(1), type),
                         decoder.source(decoder.operand(2), kU32)});
}

void decode_szext(Decoder& decoder) {
  const Type type = decoder.type();
  if (type.bits != 32 || (type.kind != Class::kUnsigned && type.kind != Class::kSigned)) {
    decoder.unknown("not with this type");
  }
  const bool clamp = take_clamp(decoder);
  Execute execute = clamp ? &map_lanes<Extend<true>, std::uint32_t, std::uint32_t, std::uint32_t>
                          : &map_lanes<Extend<false>, std::uint32_t, std::uint32_t, std::uint32_t>;
  if (type.kind == Class::kSigned) {
    execute = clamp ? &map_lanes<Extend<true>, std::int32_t, std::int32_t, std::uint32_t>
                    : &map_lanes<Extend<false>, std::int32_t, std::int32_t, std::uint32_t>;
  }
  emit_two_words(decoder, type, execute);
}

void decode_bmsk(Decoder& decoder) {
  take_b32(decoder);
  const bool clamp = take_clamp(decoder);
  emit_two_words(decoder, kU32,
                 clamp ? &map_lanes<Mask<true>, std::uint32_t, std::uint32_t, std::uint32_t>
                       : &map_lanes<Mask<false>, std::uint32_t, std::uint32_t, std::uint32_t>);
}

}  // namespace

std::span<const Opcode> logic_opcodes() {
  static constexpr Opcode kOpcodes[] = {
      {"and", decode_bitwise<And, 2, true>},
      {"or", decode_bitwise<Or, 2, true>},
      {"xor", decode_bitwise<Xor, 2, true>},
      {"not", decode_bitwise<Not, 1, true>},
      {"cnot", decode_bitwise<Cnot, 1, false>},
      {"shl", decode_shl},
      {"shr", decode_shr},
      {"shf", decode_shf},
      {"bfe", decode_bfe},
      {"bfi", decode_bfi},
      {"bfind", decode_bfind},
      {"brev", decode_brev},
      {"popc", decode_count<PopulationCount>},
      {"clz", decode_count<LeadingZeros>},
      {"prmt", decode_prmt},
      {"lop3", decode_lop3},
      {"szext", decode_szext},
      {"bmsk", decode_bmsk},
  };
  return kOpcodes;
}

}  // namespace cuda_sim
