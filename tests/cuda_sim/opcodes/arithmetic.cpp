// The list of arithmetic opcodes; which form it is depends on the type.
#include "tests/cuda_sim/opcodes/arithmetic_forms.h"
#include "tests/cuda_sim/opcodes/families.h"

namespace cuda_sim {
namespace {

void decode_typed(Decoder& decoder, Type type) {
  switch (type.kind) {
    case Type::Class::kUnsigned:
    case Type::Class::kSigned:
      return decode_integer_arithmetic(decoder, type);
    case Type::Class::kFloat:
      if (type.bits == 16 || type.packed == 2) return decode_half_arithmetic(decoder, type);
      return decode_float_arithmetic(decoder, type);
    case Type::Class::kBfloat:
      return decode_half_arithmetic(decoder, type);
    default:
      decoder.unknown("not with this type");
  }
}

void decode_any(Decoder& decoder) {
  decode_typed(decoder, decoder.type());
}

// add, sub, mad: .cc writes the carry flag.
void decode_maybe_carry(Decoder& decoder) {
  const Type type = decoder.type();
  if (decoder.take("cc")) return decode_carry_arithmetic(decoder, type, true);
  decode_typed(decoder, type);
}

// addc, subc, madc read the carry flag.
void decode_carry(Decoder& decoder) {
  const Type type = decoder.type();
  decode_carry_arithmetic(decoder, type, decoder.take("cc"));
}

void decode_dot(Decoder& decoder) {
  decode_dot_product(decoder, decoder.type());
}

}  // namespace

std::span<const Opcode> arithmetic_opcodes() {
  static constexpr Opcode kOpcodes[] = {
      {"add", decode_maybe_carry}, {"sub", decode_maybe_carry}, {"mad", decode_maybe_carry},
      {"addc", decode_carry},      {"subc", decode_carry},      {"madc", decode_carry},
      {"mul", decode_any},         {"mul24", decode_any},       {"mad24", decode_any},
      {"fma", decode_any},         {"div", decode_any},         {"rem", decode_any},
      {"min", decode_any},         {"max", decode_any},         {"abs", decode_any},
      {"neg", decode_any},         {"sad", decode_any},         {"copysign", decode_any},
      {"rcp", decode_any},         {"sqrt", decode_any},        {"rsqrt", decode_any},
      {"ex2", decode_any},         {"lg2", decode_any},         {"sin", decode_any},
      {"cos", decode_any},         {"tanh", decode_any},        {"dp4a", decode_dot},
      {"dp2a", decode_dot},
  };
  return kOpcodes;
}

}  // namespace cuda_sim
