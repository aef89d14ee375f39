// f32 and f64 arithmetic, PTX ISA 9.7.3.
#include <cfenv>
#include <tuple>

#include "tests/cuda_sim/opcodes/arithmetic_forms.h"
#include "tests/cuda_sim/opcodes/float_math.h"
#include "tests/cuda_sim/opcodes/fused.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

struct FloatForm {
  Rounding rounding = Rounding::kNearestEven;
  bool ftz = false;
  bool saturate = false;
};

template <class T>
T flush_if(bool ftz, T value) {
  if constexpr (std::is_same_v<T, float>) return ftz ? flush(value) : value;
  return value;
}

// Round to nearest, the loop that vectorises.
template <class Operation, bool Ftz, bool Sat, class T, class... Sources>
void run_nearest(Warp& warp, const Step& step) {
  struct Whole {
    static T apply(Sources... in) {
      T value = flush_if(Ftz, canonical(Operation::apply(flush_if(Ftz, in)...)));
      if constexpr (Sat) value = saturate(value);
      return value;
    }
  };
  map_lanes<Whole, T, Sources...>(warp, step);
  note_non_finite<T>(warp, step);
}

int environment_rounding(Rounding rounding) {
  switch (rounding) {
    case Rounding::kZero:
      return FE_TOWARDZERO;
    case Rounding::kDown:
      return FE_DOWNWARD;
    case Rounding::kUp:
      return FE_UPWARD;
    default:
      return FE_TONEAREST;
  }
}

// Directed roundings, by the processor's own. The volatile copies keep the operation between the
// two changes of the rounding mode.
template <class Operation, class T, class... Sources>
void run_directed(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const FloatForm*>(step.detail);
  T results[kLanes];
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const std::tuple<const Sources*...> in{warp.read<Sources>(step.operands[I + 1])...};
    for_lanes(warp.active, [&](unsigned lane) {
      std::fesetround(environment_rounding(form.rounding));
      const std::tuple<volatile Sources...> kept{
          flush_if<Sources>(form.ftz, std::get<I>(in)[lane])...};
      volatile T result = Operation::apply(static_cast<Sources>(std::get<I>(kept))...);
      std::fesetround(FE_TONEAREST);
      const T value = flush_if<T>(form.ftz, canonical(static_cast<T>(result)));
      results[lane] = form.saturate ? saturate(value) : value;
    });
  }(std::index_sequence_for<Sources...>{});
  blend_lanes(warp.write<T>(step.operands[0]), results, warp.active);
  note_non_finite<T>(warp, step);
}

template <class Operation, class T, class... Sources>
Execute choose(const FloatForm& form) {
  if (form.rounding != Rounding::kNearestEven) return run_directed<Operation, T, Sources...>;
  if (form.ftz) {
    return form.saturate ? run_nearest<Operation, true, true, T, Sources...>
                         : run_nearest<Operation, true, false, T, Sources...>;
  }
  return form.saturate ? run_nearest<Operation, false, true, T, Sources...>
                       : run_nearest<Operation, false, false, T, Sources...>;
}

template <class Operation, class T, std::size_t Sources>
Execute choose_count(const FloatForm& form) {
  if constexpr (Sources == 1) return choose<Operation, T, T>(form);
  if constexpr (Sources == 2) return choose<Operation, T, T, T>(form);
  if constexpr (Sources == 3) return choose<Operation, T, T, T, T>(form);
}

template <std::size_t Sources>
void emit(Decoder& decoder, Type type, const FloatForm& form, Execute execute) {
  LaneRef operands[Sources + 1] = {decoder.destination(decoder.operand(0), type.bits)};
  for (std::size_t i = 1; i <= Sources; ++i) {
    operands[i] = decoder.source(decoder.operand(i), type);
  }
  decoder.detail(form);
  decoder.emit(execute, operands);
}

// In both types.
template <class Operation, std::size_t Sources>
void emit_both(Decoder& decoder, Type type, const FloatForm& form) {
  emit<Sources>(decoder, type, form,
                type.bits == 32 ? choose_count<Operation, float, Sources>(form)
                                : choose_count<Operation, double, Sources>(form));
}

template <class Operation>
void emit_f32(Decoder& decoder, Type type, const FloatForm& form) {
  if (type.bits != 32) decoder.unknown("only with .f32");
  emit<1>(decoder, type, form, choose_count<Operation, float, 1>(form));
}

void emit_fma(Decoder& decoder, Type type, const FloatForm& form) {
  const bool fused = form.rounding == Rounding::kNearestEven && !form.saturate && has_fused_loops();
  if (!fused) return emit_both<operation::Fma, 3>(decoder, type, form);
  if (type.bits == 64) return emit<3>(decoder, type, form, run_fma_f64);
  emit<3>(decoder, type, form, form.ftz ? run_fma_ftz_f32 : run_fma_f32);
}

bool take_rounding(Decoder& decoder, Rounding* rounding) {
  if (decoder.take("rn"))
    *rounding = Rounding::kNearestEven;
  else if (decoder.take("rz"))
    *rounding = Rounding::kZero;
  else if (decoder.take("rm"))
    *rounding = Rounding::kDown;
  else if (decoder.take("rp"))
    *rounding = Rounding::kUp;
  else
    return false;
  return true;
}

template <class Word>
void run_sign(Warp& warp, const Step& step) {
  // operands: destination, source, constants: bits to keep, bits to flip.
  struct Operation {
    static Word apply(Word value, Word keep, Word flip) { return (value & keep) ^ flip; }
  };
  map_lanes<Operation, Word, Word, Word, Word>(warp, step);
}

struct FlushSign {
  static std::uint32_t apply(std::uint32_t value, std::uint32_t keep, std::uint32_t flip) {
    const float flushed = flush(std::bit_cast<float>(value));
    return (std::bit_cast<std::uint32_t>(flushed) & keep) ^ flip;
  }
};

// abs and neg change the sign bit only, also of a NaN.
void decode_sign(Decoder& decoder, Type type, bool absolute, bool ftz) {
  const std::uint64_t sign = std::uint64_t{1} << (type.bits - 1);
  const Type word{Type::Class::kBits, type.bits};
  ptx::Operand literal;
  literal.kind = ptx::Operand::Kind::kImmediate;
  literal.bits = absolute ? ~sign : ~std::uint64_t{0};
  const LaneRef keep = decoder.source(literal, word);
  literal.bits = absolute ? 0 : sign;
  const LaneRef flip = decoder.source(literal, word);
  Execute execute = type.bits == 32 ? run_sign<std::uint32_t> : run_sign<std::uint64_t>;
  if (ftz)
    execute = map_lanes<FlushSign, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
  decoder.emit(execute, {decoder.destination(decoder.operand(0), type.bits),
                         decoder.source(decoder.operand(1), type), keep, flip});
}

// d takes the sign of a and the magnitude of b.
template <class Word>
struct Copysign {
  static Word apply(Word sign, Word magnitude) {
    constexpr Word kSign = Word{1} << (8 * sizeof(Word) - 1);
    return (sign & kSign) | (magnitude & ~kSign);
  }
};

void decode_min_max(Decoder& decoder, Type type, const FloatForm& form, bool maximum) {
  const bool strict = decoder.take("NaN");
  if (maximum) {
    strict ? emit_both<operation::Strict<operation::Max>, 2>(decoder, type, form)
           : emit_both<operation::Max, 2>(decoder, type, form);
  } else {
    strict ? emit_both<operation::Strict<operation::Min>, 2>(decoder, type, form)
           : emit_both<operation::Min, 2>(decoder, type, form);
  }
}

// Those that exist rounded or approximate: div, rcp, sqrt, rsqrt and the transcendental ones.
void decode_quotient(Decoder& decoder, Type type, const FloatForm& form, bool rounded) {
  const std::string& name = decoder.instruction().parts[0];
  const bool approximate = decoder.take("approx") || (name == "div" && decoder.take("full"));
  const bool only_approximate = name != "div" && name != "rcp" && name != "sqrt";
  if (approximate == rounded || (only_approximate && !approximate)) {
    decoder.unknown("needs a rounding or .approx");
  }
  if (approximate && type.bits == 64 && name != "rsqrt") {
    decoder.unknown("the .f64 approximation is not implemented");
  }
  if (name == "div") return emit_both<operation::Div, 2>(decoder, type, form);
  if (name == "rcp") return emit_both<operation::Rcp, 1>(decoder, type, form);
  if (name == "sqrt") return emit_both<operation::Sqrt, 1>(decoder, type, form);
  if (name == "rsqrt") return emit_both<operation::Rsqrt, 1>(decoder, type, form);
  if (name == "ex2") return emit_f32<operation::Ex2>(decoder, type, form);
  if (name == "lg2") return emit_f32<operation::Lg2>(decoder, type, form);
  if (name == "sin") return emit_f32<operation::Sin>(decoder, type, form);
  if (name == "cos") return emit_f32<operation::Cos>(decoder, type, form);
  if (name == "tanh") return emit_f32<operation::Tanh>(decoder, type, form);
  decoder.unknown("not with a floating-point type");
}

}  // namespace

void decode_float_arithmetic(Decoder& decoder, Type type) {
  const std::string& name = decoder.instruction().parts[0];
  FloatForm form;
  const bool rounded = take_rounding(decoder, &form.rounding);
  if (type.bits == 32) {
    form.ftz = decoder.take("ftz");
    form.saturate = decoder.take("sat");
  }
  if (name == "fma" || name == "mad") {
    if (!rounded) decoder.unknown("needs a rounding");
    if (type.bits == 32) decoder.step().multiply_adds = 1;
    return emit_fma(decoder, type, form);
  }
  if (name == "add") return emit_both<operation::Add, 2>(decoder, type, form);
  if (name == "sub") return emit_both<operation::Sub, 2>(decoder, type, form);
  if (name == "mul") return emit_both<operation::Mul, 2>(decoder, type, form);
  if (name != "min" && name != "max" && name != "abs" && name != "neg" && name != "copysign") {
    return decode_quotient(decoder, type, form, rounded);
  }
  if (rounded || form.saturate) decoder.unknown("no rounding and no .sat with this opcode");
  if (name == "min" || name == "max") return decode_min_max(decoder, type, form, name == "max");
  if (name == "abs" || name == "neg") return decode_sign(decoder, type, name == "abs", form.ftz);
  if (form.ftz) decoder.unknown("no .ftz with this opcode");
  emit<2>(decoder, type, form,
          type.bits == 32
              ? &map_lanes<Copysign<std::uint32_t>, std::uint32_t, std::uint32_t, std::uint32_t>
              : &map_lanes<Copysign<std::uint64_t>, std::uint64_t, std::uint64_t, std::uint64_t>);
}

}  // namespace cuda_sim
