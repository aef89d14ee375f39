// dp4a and dp2a, PTX ISA 9.7.1: dot products of bytes, accumulated in 32 bits with wrap-around.
#include "tests/cuda_sim/opcodes/arithmetic_forms.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

template <unsigned Bits, bool Signed>
std::uint32_t part(std::uint32_t value, unsigned i) {
  const std::uint32_t top = value << (32 - Bits * (i + 1));
  if constexpr (Signed) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(top) >> (32 - Bits));
  }
  return top >> (32 - Bits);
}

template <bool SignedA, bool SignedB>
struct Dot4 {
  static std::uint32_t apply(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    for (unsigned i = 0; i < 4; ++i) c += part<8, SignedA>(a, i) * part<8, SignedB>(b, i);
    return c;
  }
};

// The 16-bit halves of a with the two lower or upper bytes of b.
template <bool SignedA, bool SignedB, unsigned First>
struct Dot2 {
  static std::uint32_t apply(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    for (unsigned i = 0; i < 2; ++i) c += part<16, SignedA>(a, i) * part<8, SignedB>(b, First + i);
    return c;
  }
};

template <class Operation>
void run(Warp& warp, const Step& step) {
  map_lanes<Operation, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>(warp, step);
}

template <bool SignedA, bool SignedB>
Execute choose(unsigned width, bool high) {
  if (width == 4) return run<Dot4<SignedA, SignedB>>;
  return high ? run<Dot2<SignedA, SignedB, 2>> : run<Dot2<SignedA, SignedB, 0>>;
}

}  // namespace

void decode_dot_product(Decoder& decoder, Type type) {
  const Type second = decoder.type();
  for (const Type& one : {type, second}) {
    const bool integer = one.kind == Type::Class::kUnsigned || one.kind == Type::Class::kSigned;
    if (!integer || one.bits != 32) decoder.unknown("needs .u32 or .s32 for both");
  }
  const unsigned width = decoder.instruction().parts[0] == "dp4a" ? 4 : 2;
  const bool high = width == 2 && decoder.take("hi");
  if (width == 2 && !high && !decoder.take("lo")) decoder.unknown("needs .lo or .hi");
  const bool signed_a = type.kind == Type::Class::kSigned;
  const bool signed_b = second.kind == Type::Class::kSigned;
  Execute execute = signed_b ? choose<false, true>(width, high) : choose<false, false>(width, high);
  if (signed_a) {
    execute = signed_b ? choose<true, true>(width, high) : choose<true, false>(width, high);
  }
  decoder.emit(
      execute,
      {decoder.destination(decoder.operand(0), 32), decoder.source(decoder.operand(1), type),
       decoder.source(decoder.operand(2), second), decoder.source(decoder.operand(3), type)});
}

}  // namespace cuda_sim
