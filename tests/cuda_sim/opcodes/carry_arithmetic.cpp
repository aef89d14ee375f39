// Extended-precision integer arithmetic with the carry flag, PTX ISA 9.7.2. The flag is a predicate
// of the warp; subtractions keep their borrow in it.
#include <type_traits>

#include "tests/cuda_sim/opcodes/arithmetic_forms.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

__extension__ typedef unsigned __int128 Uint128;
__extension__ typedef __int128 Int128;

enum class Product : std::uint8_t { kNone, kLow, kHigh, kHighSigned };

struct CarryForm {
  bool subtract = false;
  bool carry_in = false;
  bool carry_out = false;
  Product product = Product::kNone;
};

template <class T>
T multiply(Product product, T a, T b) {
  using S = std::make_signed_t<T>;
  switch (product) {
    case Product::kHigh:
      return static_cast<T>((Uint128{a} * b) >> (8 * sizeof(T)));
    case Product::kHighSigned:
      return static_cast<T>(static_cast<Uint128>(Int128{static_cast<S>(a)} * static_cast<S>(b)) >>
                            (8 * sizeof(T)));
    default:
      return static_cast<T>(a * b);
  }
}

// operands: destination, carry flag, a, b and, for products, c.
template <class T>
void run_carry(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const CarryForm*>(step.detail);
  const T* a = warp.read<T>(step.operands[2]);
  const T* b = warp.read<T>(step.operands[3]);
  T* to = warp.write<T>(step.operands[0]);
  const std::uint32_t before = warp.predicate(step.operands[1]);
  std::uint32_t after = 0;
  for_lanes(warp.active, [&](unsigned lane) {
    T left = a[lane];
    T right = b[lane];
    if (form.product != Product::kNone) {
      left = multiply(form.product, left, right);
      right = warp.read<T>(step.operands[4])[lane];
    }
    const T carry = form.carry_in ? static_cast<T>((before >> lane) & 1U) : T{0};
    const Uint128 result =
        form.subtract ? Uint128{left} - right - carry : Uint128{left} + right + carry;
    to[lane] = static_cast<T>(result);
    after |= static_cast<std::uint32_t>((result >> (8 * sizeof(T))) & 1U) << lane;
  });
  if (form.carry_out) warp.set_predicate(step.operands[1], after);
}

}  // namespace

void decode_carry_arithmetic(Decoder& decoder, Type type, bool carry_out) {
  const std::string& name = decoder.instruction().parts[0];
  const bool integer = type.kind == Type::Class::kUnsigned || type.kind == Type::Class::kSigned;
  if (!integer || (type.bits != 32 && type.bits != 64)) decoder.unknown("not with this type");
  CarryForm form;
  form.subtract = name.starts_with("sub");
  form.carry_in = name.ends_with('c');
  form.carry_out = carry_out;
  if (name.starts_with("mad")) {
    const bool high = decoder.take("hi");
    if (!high && !decoder.take("lo")) decoder.unknown("needs .lo or .hi");
    const Product signed_or_not =
        type.kind == Type::Class::kSigned ? Product::kHighSigned : Product::kHigh;
    form.product = high ? signed_or_not : Product::kLow;
  }
  decoder.detail(form);
  LaneRef operands[5] = {decoder.destination(decoder.operand(0), type.bits), decoder.carry_flag(),
                         decoder.source(decoder.operand(1), type),
                         decoder.source(decoder.operand(2), type)};
  std::size_t count = 4;
  if (form.product != Product::kNone) {
    operands[count++] = decoder.source(decoder.operand(3), type);
  }
  decoder.emit(type.bits == 32 ? &run_carry<std::uint32_t> : &run_carry<std::uint64_t>,
               {operands, count});
}

}  // namespace cuda_sim
