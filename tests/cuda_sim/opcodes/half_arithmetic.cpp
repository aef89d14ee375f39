// f16, f16x2, bf16 and bf16x2 arithmetic, PTX ISA 9.7.4. add, sub and mul of two values of at most
// 11 bits are done in float: its 24 bits are enough that the second rounding changes nothing.
#include "tests/cuda_sim/opcodes/arithmetic_forms.h"
#include "tests/cuda_sim/opcodes/float_math.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

struct F16 {
  static constexpr std::uint16_t kLargestSubnormal = 0x03ff;
  static float widen(std::uint16_t value) { return f16_to_float(value); }
  static std::uint16_t narrow(float value) { return float_to_f16(value); }
};
struct Bf16 {
  static constexpr std::uint16_t kLargestSubnormal = 0x007f;
  static float widen(std::uint16_t value) { return bf16_to_float(value); }
  static std::uint16_t narrow(float value) { return float_to_bf16(value); }
};

struct HalfForm {
  bool ftz = false;
  bool saturate = false;
  bool relu = false;  // negative results become 0
};

struct FmaToOdd {
  static float apply(float a, float b, float c) { return fma_to_odd(a, b, c); }
};

template <class Half>
std::uint16_t flush_half(bool ftz, std::uint16_t value) {
  const bool subnormal = (value & 0x7fffU) <= Half::kLargestSubnormal;
  return static_cast<std::uint16_t>(ftz && subnormal ? value & 0x8000U : value);
}

template <class Half>
void note_non_finite_halves(Warp& warp, const Step& step, unsigned per_lane) {
  if (!warp.watch_non_finite) return;
  std::uint32_t nan = 0;
  std::uint32_t infinite = 0;
  const std::uint16_t* halves = warp.read<std::uint16_t>(step.operands[0]);
  for_lanes(warp.active, [&](unsigned lane) {
    for (unsigned i = lane * per_lane; i < (lane + 1) * per_lane; ++i) {
      const float value = Half::widen(halves[i]);
      if (std::isnan(value)) nan |= kLaneBit[lane];
      if (std::isinf(value)) infinite |= kLaneBit[lane];
    }
  });
  if ((nan | infinite) != 0) count_non_finite(warp, step, nan, infinite);
}

// A packed register is 64 halves in a row, lane i holding the halves 2i and 2i + 1.
template <class Half, class Operation, unsigned PerLane, std::size_t Sources, bool Plain>
void run(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const HalfForm*>(step.detail);
  constexpr unsigned kHalves = kLanes * PerLane;
  alignas(64) std::uint16_t results[kHalves];
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const std::uint16_t* in[] = {warp.read<std::uint16_t>(step.operands[I + 1])...};
    for (unsigned i = 0; i < kHalves; ++i) {
      if constexpr (Plain) {  // none of the form's modifiers: a loop that vectorises
        results[i] = Half::narrow(Operation::apply(Half::widen(in[I][i])...));
        continue;
      }
      float value = Operation::apply(Half::widen(flush_half<Half>(form.ftz, in[I][i]))...);
      if (form.saturate) value = saturate(value);
      if (form.relu) value = relu(value);
      results[i] = flush_half<Half>(form.ftz, Half::narrow(value));
    }
  }(std::make_index_sequence<Sources>{});
  using Register = std::conditional_t<PerLane == 1, std::uint16_t, std::uint32_t>;
  Register lanes[kLanes];
  std::memcpy(lanes, results, sizeof(lanes));
  blend_lanes(warp.write<Register>(step.operands[0]), lanes, warp.active);
  note_non_finite_halves<Half>(warp, step, PerLane);
}

template <class Half, class Operation, std::size_t Sources>
Execute choose(bool packed, const HalfForm& form) {
  if (form.ftz || form.saturate || form.relu) {
    return packed ? run<Half, Operation, 2, Sources, false>
                  : run<Half, Operation, 1, Sources, false>;
  }
  return packed ? run<Half, Operation, 2, Sources, true> : run<Half, Operation, 1, Sources, true>;
}

template <class Operation, std::size_t Sources>
void emit(Decoder& decoder, Type type, const HalfForm& form) {
  const bool packed = type.packed == 2;
  const Execute execute = type.kind == Type::Class::kBfloat
                              ? choose<Bf16, Operation, Sources>(packed, form)
                              : choose<F16, Operation, Sources>(packed, form);
  LaneRef operands[Sources + 1] = {decoder.destination(decoder.operand(0), type.bits)};
  for (std::size_t i = 1; i <= Sources; ++i) {
    operands[i] = decoder.source(decoder.operand(i), type);
  }
  decoder.detail(form);
  decoder.emit(execute, operands);
}

template <class Word>
struct SignBits {
  static Word apply(Word value, Word keep, Word flip) {
    return static_cast<Word>((value & keep) ^ flip);
  }
};

// Only the sign bits change.
void decode_sign(Decoder& decoder, Type type, bool absolute) {
  const std::uint64_t sign = type.packed == 2 ? 0x80008000U : 0x8000U;
  const Type word{Type::Class::kBits, type.bits};
  ptx::Operand literal;
  literal.kind = ptx::Operand::Kind::kImmediate;
  literal.bits = absolute ? ~sign : ~std::uint64_t{0};
  const LaneRef keep = decoder.source(literal, word);
  literal.bits = absolute ? 0 : sign;
  const LaneRef flip = decoder.source(literal, word);
  const auto execute = type.packed == 2 ? &map_lanes<SignBits<std::uint32_t>, std::uint32_t,
                                                     std::uint32_t, std::uint32_t, std::uint32_t>
                                        : &map_lanes<SignBits<std::uint16_t>, std::uint16_t,
                                                     std::uint16_t, std::uint16_t, std::uint16_t>;
  decoder.emit(execute, {decoder.destination(decoder.operand(0), type.bits),
                         decoder.source(decoder.operand(1), type), keep, flip});
}

void decode_approximate(Decoder& decoder, Type type, const HalfForm& form) {
  const std::string& name = decoder.instruction().parts[0];
  if (!decoder.take("approx")) decoder.unknown("needs .approx");
  if (name == "ex2") return emit<operation::Ex2, 1>(decoder, type, form);
  if (name == "tanh") return emit<operation::Tanh, 1>(decoder, type, form);
  decoder.unknown("not with a 16-bit type");
}

}  // namespace

void decode_half_arithmetic(Decoder& decoder, Type type) {
  const std::string& name = decoder.instruction().parts[0];
  const bool bfloat = type.kind == Type::Class::kBfloat;
  HalfForm form;
  const bool has_ftz = decoder.take("ftz");
  form.ftz = has_ftz && !bfloat;  // ex2.approx.ftz.bf16 is its only spelling
  if (has_ftz && bfloat && name != "ex2") decoder.unknown("no .ftz with this type");
  if (name == "abs" || name == "neg") {
    if (has_ftz) decoder.unknown("abs.ftz and neg.ftz of this type are not implemented");
    return decode_sign(decoder, type, name == "abs");
  }
  if (name == "min" || name == "max") {
    const bool strict = decoder.take("NaN");
    if (name == "max") {
      return strict ? emit<operation::Strict<operation::Max>, 2>(decoder, type, form)
                    : emit<operation::Max, 2>(decoder, type, form);
    }
    return strict ? emit<operation::Strict<operation::Min>, 2>(decoder, type, form)
                  : emit<operation::Min, 2>(decoder, type, form);
  }
  if (name != "add" && name != "sub" && name != "mul" && name != "fma") {
    return decode_approximate(decoder, type, form);
  }
  const bool rounded = decoder.take("rn");
  if (!bfloat) form.saturate = decoder.take("sat");
  if (name == "fma") {
    if (!rounded) decoder.unknown("needs .rn");
    if (!form.saturate) form.relu = decoder.take("relu");
    return emit<FmaToOdd, 3>(decoder, type, form);
  }
  if (bfloat && decoder.sm() < 90) decoder.unknown("needs sm_90 with this type");
  if (name == "add") return emit<operation::Add, 2>(decoder, type, form);
  if (name == "sub") return emit<operation::Sub, 2>(decoder, type, form);
  emit<operation::Mul, 2>(decoder, type, form);
}

}  // namespace cuda_sim
