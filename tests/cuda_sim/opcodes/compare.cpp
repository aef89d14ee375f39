// Comparisons, PTX ISA 9.7.5 to 9.7.7: setp, set; with selp, slct and testp of select.cpp.
#include <cmath>
#include <string_view>
#include <utility>

#include "tests/cuda_sim/opcodes/families.h"
#include "tests/cuda_sim/opcodes/float_math.h"
#include "tests/cuda_sim/opcodes/lanes.h"
#include "tests/cuda_sim/opcodes/select.h"

namespace cuda_sim {
namespace {

using Class = Type::Class;
constexpr Type kPredicate{Class::kPredicate, 1};

// For which outcomes a comparison holds.
struct Relation {
  bool less = false;
  bool equal = false;
  bool greater = false;
  bool unordered = false;  // an operand is NaN
};

enum class Combine : std::uint8_t { kNone, kAnd, kOr, kXor };

struct CompareForm {
  Relation relation;
  Combine combine = Combine::kNone;
  bool ftz = false;
  // set: the result's bits where the comparison holds.
  std::uint32_t yes = 0;
};

template <class T, class Widen>
std::uint32_t compare_values(const Relation& want, const T* a, const T* b, Widen widen) {
  const auto less = static_cast<std::uint8_t>(want.less);
  const auto equal = static_cast<std::uint8_t>(want.equal);
  const auto greater = static_cast<std::uint8_t>(want.greater);
  const auto unordered = static_cast<std::uint8_t>(want.unordered);
  return lanes_where([=](unsigned i) {
    const auto x = widen(a[i]);
    const auto y = widen(b[i]);
    const auto is_less = static_cast<std::uint8_t>(x < y);
    const auto is_equal = static_cast<std::uint8_t>(x == y);
    const auto is_greater = static_cast<std::uint8_t>(x > y);
    const auto is_unordered = static_cast<std::uint8_t>((is_less | is_equal | is_greater) ^ 1);
    return ((is_less & less) | (is_equal & equal) | (is_greater & greater) |
            (is_unordered & unordered)) != 0;
  });
}

// Comparison of two operands, lane by lane; the packed types give two masks.
using CompareLanes = std::uint32_t (*)(const Warp&, const CompareForm&, LaneRef, LaneRef);

template <class T>
std::uint32_t compare_lanes(const Warp& warp, const CompareForm& form, LaneRef a, LaneRef b) {
  return compare_values(form.relation, warp.read<T>(a), warp.read<T>(b),
                        [](T value) { return value; });
}

std::uint32_t compare_ftz(const Warp& warp, const CompareForm& form, LaneRef a, LaneRef b) {
  return compare_values(form.relation, warp.read<float>(a), warp.read<float>(b), flush);
}

// Half is 0 or 1 of a packed register; Stride 1: not packed.
template <float (*Widen)(std::uint16_t), unsigned Stride, unsigned Half>
std::uint32_t compare_halves(const Warp& warp, const CompareForm& form, LaneRef a, LaneRef b) {
  float x[kLanes];
  float y[kLanes];
  for (unsigned i = 0; i < kLanes; ++i) {
    x[i] = Widen(warp.read<std::uint16_t>(a)[i * Stride + Half]);
    y[i] = Widen(warp.read<std::uint16_t>(b)[i * Stride + Half]);
    if (form.ftz) {  // of f16; its smallest normal number is 2^-14
      x[i] = std::fabs(x[i]) < 0x1p-14F ? 0.0F : x[i];
      y[i] = std::fabs(y[i]) < 0x1p-14F ? 0.0F : y[i];
    }
  }
  return compare_values(form.relation, x, y, [](float value) { return value; });
}

std::uint32_t combine(Combine how, std::uint32_t result, std::uint32_t with) {
  switch (how) {
    case Combine::kAnd:
      return result & with;
    case Combine::kOr:
      return result | with;
    case Combine::kXor:
      return result ^ with;
    default:
      return result;
  }
}

// operands: p, q, a, b, c. q = !comparison combined with c. c is read before p is written.
template <CompareLanes Compare>
void run_setp(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const CompareForm*>(step.detail);
  const std::uint32_t result = Compare(warp, form, step.operands[2], step.operands[3]);
  const std::uint32_t with = form.combine == Combine::kNone ? 0 : warp.predicate(step.operands[4]);
  warp.set_predicate(step.operands[1], combine(form.combine, ~result, with));
  warp.set_predicate(step.operands[0], combine(form.combine, result, with));
}

// The same without q.
template <CompareLanes Compare>
void run_setp_one(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const CompareForm*>(step.detail);
  const std::uint32_t result = Compare(warp, form, step.operands[1], step.operands[2]);
  const std::uint32_t with = form.combine == Combine::kNone ? 0 : warp.predicate(step.operands[3]);
  warp.set_predicate(step.operands[0], combine(form.combine, result, with));
}

// Packed: p is of the lower halves, q of the upper ones.
template <CompareLanes Low, CompareLanes High>
void run_setp_packed(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const CompareForm*>(step.detail);
  const std::uint32_t low = Low(warp, form, step.operands[2], step.operands[3]);
  const std::uint32_t high = High(warp, form, step.operands[2], step.operands[3]);
  const std::uint32_t with = form.combine == Combine::kNone ? 0 : warp.predicate(step.operands[4]);
  warp.set_predicate(step.operands[0], combine(form.combine, low, with));
  warp.set_predicate(step.operands[1], combine(form.combine, high, with));
}

// operands: d, a, b, c.
template <class T, CompareLanes Compare>
void run_set(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const CompareForm*>(step.detail);
  const std::uint32_t result = Compare(warp, form, step.operands[1], step.operands[2]);
  const std::uint32_t with = form.combine == Combine::kNone ? 0 : warp.predicate(step.operands[3]);
  const std::uint32_t lanes = combine(form.combine, result, with);
  write_lanes<T>(warp, step.operands[0], [=, yes = static_cast<T>(form.yes)](unsigned lane) {
    return (lanes & kLaneBit[lane]) != 0 ? yes : T{0};
  });
}

template <CompareLanes Low, CompareLanes High>
void run_set_packed(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const CompareForm*>(step.detail);
  const std::uint32_t with = form.combine == Combine::kNone ? 0 : warp.predicate(step.operands[3]);
  const std::uint32_t low =
      combine(form.combine, Low(warp, form, step.operands[1], step.operands[2]), with);
  const std::uint32_t high =
      combine(form.combine, High(warp, form, step.operands[1], step.operands[2]), with);
  write_lanes<std::uint32_t>(warp, step.operands[0], [=, yes = form.yes](unsigned lane) {
    return ((low & kLaneBit[lane]) != 0 ? yes : 0U) |
           ((high & kLaneBit[lane]) != 0 ? yes << 16 : 0U);
  });
}

// What there is for one type of operands.
struct Executes {
  Execute setp = nullptr;      // p|q
  Execute setp_one = nullptr;  // p alone; none for packed types
  Execute set16 = nullptr;     // set with a result of 16 bits
  Execute set32 = nullptr;
};

template <CompareLanes Compare>
constexpr Executes kExecutes = {run_setp<Compare>, run_setp_one<Compare>,
                                run_set<std::uint16_t, Compare>, run_set<std::uint32_t, Compare>};

template <float (*Widen)(std::uint16_t)>
Executes half_executes(bool packed) {
  if (!packed) return kExecutes<compare_halves<Widen, 1, 0>>;
  return {run_setp_packed<compare_halves<Widen, 2, 0>, compare_halves<Widen, 2, 1>>, nullptr,
          nullptr, run_set_packed<compare_halves<Widen, 2, 0>, compare_halves<Widen, 2, 1>>};
}

Executes executes(const Decoder& decoder, Type type, bool ftz) {
  if (type.kind == Class::kBfloat) return half_executes<bf16_to_float>(type.packed == 2);
  if (type.kind == Class::kFloat) {
    if (type.bits == 16 || type.packed == 2) return half_executes<f16_to_float>(type.packed == 2);
    if (type.bits == 64) return kExecutes<compare_lanes<double>>;
    return ftz ? kExecutes<compare_ftz> : kExecutes<compare_lanes<float>>;
  }
  if (type.kind == Class::kSigned) {
    if (type.bits == 16) return kExecutes<compare_lanes<std::int16_t>>;
    if (type.bits == 32) return kExecutes<compare_lanes<std::int32_t>>;
    if (type.bits == 64) return kExecutes<compare_lanes<std::int64_t>>;
  }
  if (type.kind == Class::kUnsigned || type.kind == Class::kBits) {
    if (type.bits == 16) return kExecutes<compare_lanes<std::uint16_t>>;
    if (type.bits == 32) return kExecutes<compare_lanes<std::uint32_t>>;
    if (type.bits == 64) return kExecutes<compare_lanes<std::uint64_t>>;
  }
  decoder.unknown("not with this type");
}

// The comparison is the first modifier; whether it exists depends on the type of the operands.
Relation take_relation(Decoder& decoder, Type type) {
  struct Named {
    std::string_view name;
    Relation relation;
  };
  static constexpr Named kAny[] = {{"eq", {false, true, false, false}},
                                   {"ne", {true, false, true, false}}};
  static constexpr Named kOrdered[] = {{"lt", {true, false, false, false}},
                                       {"le", {true, true, false, false}},
                                       {"gt", {false, false, true, false}},
                                       {"ge", {false, true, true, false}}};
  static constexpr Named kUnsigned[] = {{"lo", {true, false, false, false}},
                                        {"ls", {true, true, false, false}},
                                        {"hi", {false, false, true, false}},
                                        {"hs", {false, true, true, false}}};
  static constexpr Named kFloat[] = {
      {"equ", {false, true, false, true}}, {"neu", {true, false, true, true}},
      {"ltu", {true, false, false, true}}, {"leu", {true, true, false, true}},
      {"gtu", {false, false, true, true}}, {"geu", {false, true, true, true}},
      {"num", {true, true, true, false}},  {"nan", {false, false, false, true}}};
  const auto take_one_of = [&](std::span<const Named> all, Relation* relation) {
    for (const Named& named : all) {
      if (!decoder.take(named.name)) continue;
      *relation = named.relation;
      return true;
    }
    return false;
  };
  const bool floating = type.kind == Class::kFloat || type.kind == Class::kBfloat;
  Relation relation;
  if (take_one_of(kAny, &relation)) return relation;
  if (type.kind != Class::kBits && take_one_of(kOrdered, &relation)) return relation;
  if (type.kind == Class::kUnsigned && take_one_of(kUnsigned, &relation)) return relation;
  if (floating && take_one_of(kFloat, &relation)) return relation;
  decoder.unknown("needs a comparison that its type has");
}

CompareForm take_form(Decoder& decoder, Type type) {
  CompareForm form;
  form.relation = take_relation(decoder, type);
  if (decoder.take("and"))
    form.combine = Combine::kAnd;
  else if (decoder.take("or"))
    form.combine = Combine::kOr;
  else if (decoder.take("xor"))
    form.combine = Combine::kXor;
  if (type.kind == Class::kFloat && type.bits != 64) form.ftz = decoder.take("ftz");
  return form;
}

// a, b and, where the form combines, c.
void append_sources(Decoder& decoder, Type type, const CompareForm& form,
                    std::vector<LaneRef>* operands) {
  operands->push_back(decoder.source(decoder.operand(1), type));
  operands->push_back(decoder.source(decoder.operand(2), type));
  if (form.combine != Combine::kNone) {
    operands->push_back(decoder.source(decoder.operand(3), kPredicate));
  }
}

void decode_setp(Decoder& decoder) {
  const Type type = decoder.type();
  const CompareForm form = take_form(decoder, type);
  const Executes execute = executes(decoder, type, form.ftz);
  const ptx::Operand& to = decoder.operand(0);
  const bool pair = to.kind == ptx::Operand::Kind::kPair;
  if (!pair && execute.setp_one == nullptr) decoder.unknown("needs two destinations p|q");
  std::vector<LaneRef> operands;
  if (pair) {
    for (const ptx::Operand& one : to.elements) operands.push_back(decoder.destination(one, 1));
  } else {
    operands.push_back(decoder.destination(to, 1));
  }
  append_sources(decoder, type, form, &operands);
  decoder.detail(form);
  decoder.emit(pair ? execute.setp : execute.setp_one, operands);
}

// What "true" is in the result type of set.
std::uint32_t one_of(const Decoder& decoder, Type to, Type from) {
  const bool halves = from.bits == 16 || from.packed == 2;
  if (to.kind == Class::kFloat && to.bits == 32 && to.packed == 1) return 0x3f800000U;
  if (halves && to.kind == Class::kFloat && to.bits != 64) return 0x3c00U;
  if (halves && to.kind == Class::kBfloat) return 0x3f80U;
  const bool integer = to.kind == Class::kUnsigned || to.kind == Class::kSigned;
  if (integer && to.bits == 32) return from.packed == 2 ? 0xffffU : 0xffffffffU;
  if (integer && to.bits == 16 && halves) return 0xffffU;
  decoder.unknown("not with this result type");
}

void decode_set(Decoder& decoder) {
  const Type to = decoder.type();
  const Type from = decoder.type();
  CompareForm form = take_form(decoder, from);
  form.yes = one_of(decoder, to, from);
  const bool result_of_halves =
      to.packed == 2 || to.kind == Class::kUnsigned || to.kind == Class::kSigned;
  if (from.packed == 2 ? to.bits != 32 || !result_of_halves : to.packed == 2) {
    decoder.unknown("not with these two types");
  }
  const Executes execute = executes(decoder, from, form.ftz);
  std::vector<LaneRef> operands = {decoder.destination(decoder.operand(0), to.bits)};
  append_sources(decoder, from, form, &operands);
  decoder.detail(form);
  decoder.emit(to.bits == 16 ? execute.set16 : execute.set32, operands);
}

}  // namespace

std::span<const Opcode> compare_opcodes() {
  static constexpr Opcode kOpcodes[] = {{"setp", decode_setp},
                                        {"set", decode_set},
                                        {"selp", decode_selp},
                                        {"slct", decode_slct},
                                        {"testp", decode_testp}};
  return kOpcodes;
}

}  // namespace cuda_sim
