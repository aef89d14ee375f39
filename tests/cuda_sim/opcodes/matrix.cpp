#include "tests/cuda_sim/opcodes/matrix.h"

#include "tests/cuda_sim/opcodes/families.h"

namespace cuda_sim {
namespace {

std::span<const ptx::Operand> elements(Decoder& decoder, const ptx::Operand& operand,
                                       std::size_t count) {
  const std::span<const ptx::Operand> all = operand.kind == ptx::Operand::Kind::kVector
                                                ? std::span(operand.elements)
                                                : std::span(&operand, 1);
  if (all.size() != count) {
    decoder.unknown("a fragment of " + std::to_string(all.size()) + " registers where " +
                    std::to_string(count) + " are wanted");
  }
  return all;
}

constexpr Opcode kOpcodes[] = {
    {"ldmatrix", decode_ldmatrix}, {"stmatrix", decode_stmatrix}, {"movmatrix", decode_movmatrix},
    {"mma", decode_mma},           {"wmma", decode_wmma},
};

}  // namespace

void take_sync_aligned(Decoder& decoder) {
  if (!decoder.take("sync") || !decoder.take("aligned")) {
    decoder.unknown("only the .sync.aligned form is known");
  }
  decoder.step().flow = Flow::kWarpCollective;
  decoder.step().member_operand = -1;
}

void require_target(Decoder& decoder, std::uint32_t sm) {
  if (decoder.sm() >= sm) return;
  decoder.unknown("needs sm_" + std::to_string(sm) + ", the module's target is sm_" +
                  std::to_string(decoder.sm()));
}

MatrixShape next_shape(Decoder& decoder) {
  const std::string text = decoder.next();
  MatrixShape shape;
  if (!parse_shape(text, &shape)) decoder.unknown("no matrix shape '" + text + "'");
  return shape;
}

Element next_element(Decoder& decoder) {
  const std::string text = decoder.next();
  Element element;
  if (!parse_element(text, &element)) decoder.unknown("no matrix element type '" + text + "'");
  return element;
}

void add_sources(Decoder& decoder, const ptx::Operand& operand, std::size_t count, unsigned bits,
                 std::vector<LaneRef>* out) {
  const Type type{bits == 64 ? Type::Class::kFloat : Type::Class::kBits, bits, 1};
  for (const ptx::Operand& element : elements(decoder, operand, count)) {
    out->push_back(decoder.source(element, type));
  }
}

void add_destinations(Decoder& decoder, const ptx::Operand& operand, std::size_t count,
                      unsigned bits, std::vector<LaneRef>* out) {
  for (const ptx::Operand& element : elements(decoder, operand, count)) {
    out->push_back(decoder.destination(element, bits));
  }
}

std::span<const Opcode> matrix_opcodes() {
  return kOpcodes;
}

}  // namespace cuda_sim
