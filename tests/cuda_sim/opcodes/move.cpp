// mov, PTX ISA 9.7.9: registers, literals, addresses of variables, special registers, and packing
// or unpacking of several registers.
#include "tests/cuda_sim/opcodes/families.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

struct Same {
  template <class T>
  static T apply(T a) {
    return a;
  }
};

void move_predicate(Warp& warp, const Step& step) {
  warp.set_predicate(step.operands[0], warp.predicate(step.operands[1]));
}

// operands: destination, then the parts from the lowest bits up.
template <class Whole, class Part>
void pack(Warp& warp, const Step& step) {
  write_lanes<Whole>(warp, step.operands[0], [&](unsigned lane) {
    Whole whole = 0;
    for (unsigned i = 0; i < sizeof(Whole) / sizeof(Part); ++i) {
      const Whole part = warp.read<Part>(step.operands[i + 1])[lane];
      whole = static_cast<Whole>(whole | part << (8 * sizeof(Part) * i));
    }
    return whole;
  });
}

// operands: the parts from the lowest bits up, then the source. A part may be the source register.
template <class Whole, class Part>
void unpack(Warp& warp, const Step& step) {
  constexpr unsigned kParts = sizeof(Whole) / sizeof(Part);
  Whole whole[kLanes];
  std::memcpy(whole, warp.read<Whole>(step.operands[kParts]), sizeof(whole));
  for (unsigned i = 0; i < kParts; ++i) {
    write_lanes<Part>(warp, step.operands[i], [&](unsigned lane) {
      return static_cast<Part>(whole[lane] >> (8 * sizeof(Part) * i));
    });
  }
}

struct Packing {
  std::uint32_t whole;
  std::uint32_t part;
  Execute pack;
  Execute unpack;
};
constexpr Packing kPackings[] = {
    {16, 8, pack<std::uint16_t, std::uint8_t>, unpack<std::uint16_t, std::uint8_t>},
    {32, 8, pack<std::uint32_t, std::uint8_t>, unpack<std::uint32_t, std::uint8_t>},
    {32, 16, pack<std::uint32_t, std::uint16_t>, unpack<std::uint32_t, std::uint16_t>},
    {64, 16, pack<std::uint64_t, std::uint16_t>, unpack<std::uint64_t, std::uint16_t>},
    {64, 32, pack<std::uint64_t, std::uint32_t>, unpack<std::uint64_t, std::uint32_t>},
};

const Packing& packing(const Decoder& decoder, Type whole, std::size_t parts) {
  for (const Packing& form : kPackings) {
    if (form.whole == whole.bits && form.part * parts == whole.bits) return form;
  }
  decoder.unknown("a vector of " + std::to_string(parts) + " parts with this type");
}

void decode_mov(Decoder& decoder) {
  const Type type = decoder.type();
  const ptx::Operand& to = decoder.operand(0);
  const ptx::Operand& from = decoder.operand(1);
  if (to.kind == ptx::Operand::Kind::kVector) {
    const Packing& form = packing(decoder, type, to.elements.size());
    std::vector<LaneRef> operands;
    for (const ptx::Operand& part : to.elements) {
      operands.push_back(decoder.destination(part, form.part));
    }
    operands.push_back(decoder.source(from, type));
    return decoder.emit(form.unpack, operands);
  }
  if (from.kind == ptx::Operand::Kind::kVector) {
    const Packing& form = packing(decoder, type, from.elements.size());
    std::vector<LaneRef> operands = {decoder.destination(to, type.bits)};
    for (const ptx::Operand& part : from.elements) {
      operands.push_back(decoder.source(part, Type{Type::Class::kBits, form.part}));
    }
    return decoder.emit(form.pack, operands);
  }
  Execute execute = nullptr;
  if (type.kind == Type::Class::kPredicate) {
    execute = move_predicate;
  } else if (type.bits == 16) {
    execute = map_lanes<Same, std::uint16_t, std::uint16_t>;
  } else if (type.bits == 32) {
    execute = map_lanes<Same, std::uint32_t, std::uint32_t>;
  } else if (type.bits == 64) {
    execute = map_lanes<Same, std::uint64_t, std::uint64_t>;
  } else {
    decoder.unknown("not with this type");
  }
  decoder.emit(execute, {decoder.destination(to, type.bits), decoder.source(from, type)});
}

}  // namespace

std::span<const Opcode> move_opcodes() {
  static constexpr Opcode kOpcodes[] = {{"mov", decode_mov}};
  return kOpcodes;
}

}  // namespace cuda_sim
