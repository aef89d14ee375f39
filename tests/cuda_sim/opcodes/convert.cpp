// cvt, cvta and isspacep, PTX ISA 9.7.9.
#include "tests/cuda_sim/opcodes/convert_values.h"
#include "tests/cuda_sim/opcodes/families.h"
#include "tests/cuda_sim/opcodes/float_math.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

using Class = Type::Class;

bool is_floating(Type type) {
  return type.kind == Class::kFloat || type.kind == Class::kBfloat;
}

const ConvertForm& form_of(const Step& step) {
  return *static_cast<const ConvertForm*>(step.detail);
}

void note_converted(Warp& warp, const Step& step) {
  const ConvertForm& form = form_of(step);
  if (!warp.watch_non_finite) return;
  double values[kLanes];
  read_floats(warp, step.operands[0], form.to, false, values);
  std::uint32_t nan = 0;
  std::uint32_t infinite = 0;
  for_lanes(warp.active, [&](unsigned lane) {
    if (std::isnan(values[lane])) nan |= kLaneBit[lane];
    if (std::isinf(values[lane])) infinite |= kLaneBit[lane];
  });
  if ((nan | infinite) != 0) count_non_finite(warp, step, nan, infinite);
}

void integer_to_integer(Warp& warp, const Step& step) {
  const ConvertForm& form = form_of(step);
  std::int64_t values[kLanes];
  read_integers(warp, step.operands[1], form.from, values);
  if (form.saturate) {
    const bool is_unsigned = form.from.kind != Class::kSigned;
    for (std::int64_t& value : values) value = saturate_integer(value, is_unsigned, form.to);
  }
  write_integers(warp, step.operands[0], form.to, values);
}

// Integers of 53 bits and less are exact in double, so write_floats rounds once. The others are
// cut to 53 bits and a sticky bit that stands for the rest.
double wide_integer(std::int64_t value, bool is_unsigned) {
  const bool negative = !is_unsigned && value < 0;
  std::uint64_t magnitude = static_cast<std::uint64_t>(value);
  if (negative) magnitude = 0 - magnitude;
  constexpr std::uint64_t kDropped = 0x7ff;
  if (magnitude >= std::uint64_t{1} << 53) {
    const std::uint64_t sticky = (magnitude & kDropped) != 0 ? kDropped + 1 : 0;
    magnitude = (magnitude & ~kDropped) | sticky;
  }
  const auto result = static_cast<double>(magnitude);
  return negative ? -result : result;
}

// To f64 itself the sticky bit would be a part of the result.
double wide_integer_to_f64(std::int64_t value, bool is_unsigned, Rounding rounding) {
  const bool negative = !is_unsigned && value < 0;
  std::uint64_t magnitude = static_cast<std::uint64_t>(value);
  if (negative) magnitude = 0 - magnitude;
  const int drop = 11 - std::countl_zero(magnitude | 1U);
  if (drop > 0) {
    const std::uint64_t unit = std::uint64_t{1} << drop;
    const std::uint64_t rest = magnitude & (unit - 1);
    const bool odd = (magnitude & unit) != 0;
    const bool up = rounding == Rounding::kNearestEven
                        ? rest > unit / 2 || (rest == unit / 2 && odd)
                        : rest != 0 && rounding == (negative ? Rounding::kDown : Rounding::kUp);
    magnitude -= rest;
    if (up && magnitude > ~std::uint64_t{0} - unit) return negative ? -0x1p64 : 0x1p64;
    if (up) magnitude += unit;
  }
  const auto result = static_cast<double>(magnitude);
  return negative ? -result : result;
}

void integer_to_float(Warp& warp, const Step& step) {
  const ConvertForm& form = form_of(step);
  std::int64_t integers[kLanes];
  double values[kLanes];
  read_integers(warp, step.operands[1], form.from, integers);
  const bool is_unsigned = form.from.kind != Class::kSigned;
  for (unsigned i = 0; i < kLanes; ++i) {
    if (form.from.bits < 64) {
      values[i] = static_cast<double>(integers[i]);
    } else if (form.to.bits == 64) {
      values[i] = wide_integer_to_f64(integers[i], is_unsigned, form.rounding);
    } else {
      values[i] = wide_integer(integers[i], is_unsigned);
    }
  }
  write_floats(warp, step.operands[0], form, values);
  note_converted(warp, step);
}

void float_to_integers(Warp& warp, const Step& step) {
  const ConvertForm& form = form_of(step);
  double values[kLanes];
  std::int64_t integers[kLanes];
  read_floats(warp, step.operands[1], form.from, form.ftz, values);
  for (unsigned i = 0; i < kLanes; ++i) {
    integers[i] = float_to_integer(values[i], form.integral, form.to, form.from);
  }
  write_integers(warp, step.operands[0], form.to, integers);
}

void float_to_float(Warp& warp, const Step& step) {
  const ConvertForm& form = form_of(step);
  double values[kLanes];
  read_floats(warp, step.operands[1], form.from, form.ftz, values);
  if (form.integral != Integral::kNo) {
    for (double& value : values) value = to_integral(value, form.integral);
  }
  write_floats(warp, step.operands[0], form, values);
  note_converted(warp, step);
}

// The conversions of real kernels, worth a loop of their own.
struct HalfToFloat {
  static float apply(std::uint16_t value) { return f16_to_float(value); }
};
struct BfloatToFloat {
  static float apply(std::uint16_t value) { return bf16_to_float(value); }
};
struct FloatToHalf {
  static std::uint16_t apply(float value) { return float_to_f16(value); }
};
struct FloatToBfloat {
  static std::uint16_t apply(float value) { return float_to_bf16(value); }
};

// To s32 towards zero, clamped, NaN to 0.
struct FloatToInt {
  static std::int32_t apply(float value) {
    const bool fits = value >= -0x1p31F && value < 0x1p31F;
    const std::int32_t beyond = value > 0 ? 0x7fffffff : (value < 0 ? -0x7fffffff - 1 : 0);
    return fits ? static_cast<std::int32_t>(fits ? value : 0.0F) : beyond;
  }
};

template <class Operation, class To, class From>
void run_simple(Warp& warp, const Step& step) {
  map_lanes<Operation, To, From>(warp, step);
  note_converted(warp, step);
}

bool truncates_to_s32(const ConvertForm& form, LaneRef to, LaneRef from) {
  return form.integral == Integral::kZero && !form.ftz && to.bits == 32 && from.bits == 32 &&
         form.to.kind == Class::kSigned && form.to.bits == 32 && form.from.bits == 32;
}

// null: no special loop.
Execute simple_execute(const ConvertForm& form, LaneRef to, LaneRef from) {
  const bool plain = form.rounding == Rounding::kNearestEven && form.integral == Integral::kNo &&
                     !form.ftz && !form.saturate && !form.relu;
  if (!plain || to.bits != form.to.bits || from.bits != form.from.bits) return nullptr;
  const bool from_bfloat = form.from.kind == Class::kBfloat;
  const bool to_bfloat = form.to.kind == Class::kBfloat;
  if (form.to.bits == 32 && form.from.bits == 16) {
    return from_bfloat ? &run_simple<BfloatToFloat, float, std::uint16_t>
                       : &run_simple<HalfToFloat, float, std::uint16_t>;
  }
  if (form.to.bits == 16 && form.from.bits == 32) {
    return to_bfloat ? &run_simple<FloatToBfloat, std::uint16_t, float>
                     : &run_simple<FloatToHalf, std::uint16_t, float>;
  }
  return nullptr;
}

// operands: destination, upper half, lower half.
void pack_halves(Warp& warp, const Step& step) {
  const ConvertForm& form = form_of(step);
  const bool bfloat = form.to.kind == Class::kBfloat;
  const FloatFormat format = bfloat ? kBf16 : kF16;
  const float* high = warp.read<float>(step.operands[1]);
  const float* low = warp.read<float>(step.operands[2]);
  const bool plain = form.rounding == Rounding::kNearestEven && !form.relu;
  if (plain && bfloat) {
    write_lanes<std::uint32_t>(warp, step.operands[0], [=](unsigned lane) {
      return std::uint32_t{float_to_bf16(high[lane])} << 16 | float_to_bf16(low[lane]);
    });
  } else if (plain) {
    write_lanes<std::uint32_t>(warp, step.operands[0], [=](unsigned lane) {
      return std::uint32_t{float_to_f16(high[lane])} << 16 | float_to_f16(low[lane]);
    });
  } else {
    write_lanes<std::uint32_t>(warp, step.operands[0], [&](unsigned lane) {
      const auto half = [&](float value) {
        if (form.relu) value = relu(value);
        return static_cast<std::uint32_t>(
            encode(format, static_cast<double>(value), form.rounding));
      };
      return half(high[lane]) << 16 | half(low[lane]);
    });
  }
  if (!warp.watch_non_finite) return;
  const auto* halves = warp.read<std::uint16_t>(step.operands[0]);
  const auto widen = bfloat ? bf16_to_float : f16_to_float;
  const std::uint32_t nan = lanes_where([&](unsigned i) {
    return std::isnan(widen(halves[2 * i])) || std::isnan(widen(halves[2 * i + 1]));
  });
  const std::uint32_t infinite = lanes_where([&](unsigned i) {
    return std::isinf(widen(halves[2 * i])) || std::isinf(widen(halves[2 * i + 1]));
  });
  if (((nan | infinite) & warp.active) != 0) {
    count_non_finite(warp, step, nan & warp.active, infinite & warp.active);
  }
}

void to_tf32(Warp& warp, const Step& step) {
  const ConvertForm& form = form_of(step);
  const float* from = warp.read<float>(step.operands[1]);
  write_lanes<std::uint32_t>(warp, step.operands[0], [&](unsigned lane) {
    const double value = static_cast<double>(form.relu ? relu(from[lane]) : from[lane]);
    const auto bits = static_cast<std::uint32_t>(encode(kTf32, value, form.rounding)) << 13;
    return std::isnan(value) ? 0x7fffffffU : bits;
  });
  note_non_finite<float>(warp, step);
}

// cvt.rna.tf32.f32; cvt.rn and .rz {.relu} for sm_90.
void decode_tf32(Decoder& decoder) {
  ConvertForm form;
  const Type from = decoder.type();
  if (from.kind != Class::kFloat || from.bits != 32 || from.packed != 1) {
    decoder.unknown("needs .f32 as its source");
  }
  if (decoder.take("rna")) {
    form.rounding = Rounding::kNearestAway;
  } else {
    if (decoder.sm() < 90) decoder.unknown("needs .rna below sm_90");
    if (decoder.take("rz"))
      form.rounding = Rounding::kZero;
    else if (!decoder.take("rn"))
      decoder.unknown("needs a rounding");
    form.relu = decoder.take("relu");
  }
  decoder.detail(form);
  decoder.emit(to_tf32, {decoder.destination(decoder.operand(0), 32),
                         decoder.source(decoder.operand(1), from)});
}

void decode_packed(Decoder& decoder, ConvertForm form) {
  const bool single = form.from.kind == Class::kFloat && form.from.bits == 32 &&
                      form.from.packed == 1 && decoder.operand_count() == 3;
  if (!single) decoder.unknown("needs two .f32 sources");
  if (decoder.take("rz"))
    form.rounding = Rounding::kZero;
  else if (!decoder.take("rn"))
    decoder.unknown("needs a rounding");
  form.relu = decoder.take("relu");
  decoder.detail(form);
  decoder.emit(pack_halves, {decoder.destination(decoder.operand(0), 32),
                             decoder.source(decoder.operand(1), form.from),
                             decoder.source(decoder.operand(2), form.from)});
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

bool take_integral(Decoder& decoder, Integral* integral) {
  if (decoder.take("rni"))
    *integral = Integral::kNearestEven;
  else if (decoder.take("rzi"))
    *integral = Integral::kZero;
  else if (decoder.take("rmi"))
    *integral = Integral::kDown;
  else if (decoder.take("rpi"))
    *integral = Integral::kUp;
  else
    return false;
  return true;
}

// Whether every value of `from` is one of `to`.
bool widens(Type to, Type from) {
  if (to.bits != from.bits) return to.bits > from.bits;
  return to.kind == from.kind;
}

Execute choose(Decoder& decoder, ConvertForm* form) {
  const bool from_float = is_floating(form->from);
  const bool to_float = is_floating(form->to);
  const bool rounded = take_rounding(decoder, &form->rounding);
  const bool integral = take_integral(decoder, &form->integral);
  form->saturate = decoder.take("sat");
  if ((from_float && form->from.bits == 32) || (to_float && form->to.bits == 32)) {
    form->ftz = decoder.take("ftz");
  }
  if (from_float && to_float) {
    const bool exact = widens(form->to, form->from);
    if (exact ? rounded : integral || !rounded) {
      decoder.unknown("its rounding does not fit its types");
    }
    if (decoder.take("relu")) form->relu = true;
    return float_to_float;
  }
  if (from_float) {
    if (!integral) decoder.unknown("needs .rni, .rzi, .rmi or .rpi");
    return float_to_integers;
  }
  if (to_float) {
    if (!rounded) decoder.unknown("needs .rn, .rz, .rm or .rp");
    return integer_to_float;
  }
  if (rounded || integral) decoder.unknown("no rounding between integers");
  return integer_to_integer;
}

void decode_cvt(Decoder& decoder) {
  if (decoder.take("tf32")) return decode_tf32(decoder);
  ConvertForm form;
  form.to = decoder.type();
  form.from = decoder.type();
  if (form.to.packed == 2) return decode_packed(decoder, form);
  for (const Type& type : {form.to, form.from}) {
    const bool bits = type.kind == Class::kBits || type.kind == Class::kPredicate;
    if (bits || type.packed != 1) decoder.unknown("not with this type");
  }
  Execute execute = choose(decoder, &form);
  const LaneRef to = decoder.wide_destination(decoder.operand(0), form.to.bits);
  const LaneRef from = decoder.wide_source(decoder.operand(1), form.from);
  if (execute == float_to_float) {
    if (const Execute simple = simple_execute(form, to, from)) execute = simple;
  }
  if (execute == float_to_integers && truncates_to_s32(form, to, from)) {
    execute = map_lanes<FloatToInt, std::int32_t, float>;
  }
  decoder.detail(form);
  decoder.emit(execute, {to, from});
}

std::uint64_t window_of(Decoder& decoder) {
  if (decoder.take("shared") || decoder.take("shared::cta")) return kSharedWindow;
  if (decoder.take("local")) return kLocalWindow;
  if (decoder.take("global") || decoder.take("const")) return 0;
  decoder.unknown("a state space without generic addresses in the simulator");
}

// Generic addresses of global and constant memory are the addresses themselves; shared and local
// memory have windows (machine/program.h).
void decode_cvta(Decoder& decoder) {
  if (!decoder.take("u64")) decoder.unknown("needs .u64");
  const Type address{Class::kUnsigned, 64};
  const bool to_space = decoder.take("to");
  const std::uint64_t window = window_of(decoder);
  ptx::Operand amount;
  amount.kind = ptx::Operand::Kind::kImmediate;
  amount.bits = to_space ? 0 - window : window;
  const LaneRef shift = decoder.source(amount, address);
  decoder.emit(map_lanes<operation::Add, std::uint64_t, std::uint64_t, std::uint64_t>,
               {decoder.destination(decoder.operand(0), 64),
                decoder.source(decoder.operand(1), address), shift});
}

// operands: p, address, first and last address of the window.
void run_isspacep(Warp& warp, const Step& step) {
  const auto* address = warp.read<std::uint64_t>(step.operands[1]);
  const auto* first = warp.read<std::uint64_t>(step.operands[2]);
  warp.set_predicate(step.operands[0], lanes_where([=](unsigned lane) {
                       return address[lane] - first[lane] < kWindowBytes;
                     }));
}

void decode_isspacep(Decoder& decoder) {
  if (decoder.take("const")) decoder.unknown("constant memory has no window in the simulator");
  const Type address{Class::kUnsigned, 64};
  ptx::Operand first;
  first.kind = ptx::Operand::Kind::kImmediate;
  first.bits = window_of(decoder);
  const LaneRef start = decoder.source(first, address);
  decoder.emit(run_isspacep, {decoder.destination(decoder.operand(0), 1),
                              decoder.source(decoder.operand(1), address), start});
}

}  // namespace

std::span<const Opcode> convert_opcodes() {
  static constexpr Opcode kOpcodes[] = {
      {"cvt", decode_cvt}, {"cvta", decode_cvta}, {"isspacep", decode_isspacep}};
  return kOpcodes;
}

}  // namespace cuda_sim
