// mma.sync.aligned (PTX ISA section "mma"): shapes whose fragments follow Tiling. The m8n8k4 form
// of f16, sub-byte integers, fp8 and sparse forms are unknown.
#include <algorithm>

#include "tests/cuda_sim/opcodes/matrix.h"
#include "tests/cuda_sim/opcodes/matrix_product.h"

namespace cuda_sim {
namespace {

struct Known {
  MatrixShape shape;
  Element multiplicand;  // kSigned8 stands for kUnsigned8 too
  std::uint32_t sm;
};
constexpr Known kKnown[] = {
    {{16, 8, 8}, Element::kF16, 75},      {{16, 8, 16}, Element::kF16, 80},
    {{16, 8, 8}, Element::kBf16, 80},     {{16, 8, 16}, Element::kBf16, 80},
    {{16, 8, 4}, Element::kTf32, 80},     {{16, 8, 8}, Element::kTf32, 80},
    {{8, 8, 4}, Element::kF64, 80},       {{16, 8, 4}, Element::kF64, 90},
    {{16, 8, 8}, Element::kF64, 90},      {{16, 8, 16}, Element::kF64, 90},
    {{8, 8, 16}, Element::kSigned8, 75},  {{16, 8, 16}, Element::kSigned8, 80},
    {{16, 8, 32}, Element::kSigned8, 80},
};

// Accumulators that go with a multiplicand.
bool accumulates(Element multiplicand, Element accumulator) {
  switch (multiplicand) {
    case Element::kF16:
      return accumulator == Element::kF16 || accumulator == Element::kF32;
    case Element::kBf16:
    case Element::kTf32:
      return accumulator == Element::kF32;
    case Element::kF64:
      return accumulator == Element::kF64;
    default:
      return accumulator == Element::kInt32;
  }
}

}  // namespace

void decode_mma(Decoder& decoder) {
  take_sync_aligned(decoder);
  ProductForm form;
  form.saturate = decoder.take("satfinite");
  form.shape = next_shape(decoder);
  if (decoder.next() != "row" || decoder.next() != "col") {
    decoder.unknown("only .row.col is known");
  }
  form.d = next_element(decoder);
  form.a = next_element(decoder);
  form.b = next_element(decoder);
  form.c = next_element(decoder);
  const bool same_multiplicands = form.a == form.b || (is_integer8(form.a) && is_integer8(form.b));
  const Element kind = is_integer8(form.a) ? Element::kSigned8 : form.a;
  const auto known = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& entry) {
    return entry.shape == form.shape && entry.multiplicand == kind;
  });
  if (known == std::end(kKnown) || !same_multiplicands || form.c != form.d ||
      !accumulates(form.a, form.d) || (form.saturate && !is_integer8(form.a))) {
    decoder.unknown("no such shape and types");
  }
  require_target(decoder, known->sm);

  const Fragment a{Fragment::Part::kA, form.shape, form.a};
  const Fragment b{Fragment::Part::kB, form.shape, form.b};
  const Fragment c{Fragment::Part::kC, form.shape, form.c};
  form.d_registers = static_cast<std::uint8_t>(c.registers());
  form.a_registers = static_cast<std::uint8_t>(a.registers());
  form.b_registers = static_cast<std::uint8_t>(b.registers());
  std::vector<LaneRef> refs;
  add_destinations(decoder, decoder.operand(0), c.registers(), register_bits(form.d), &refs);
  add_sources(decoder, decoder.operand(1), a.registers(), register_bits(form.a), &refs);
  add_sources(decoder, decoder.operand(2), b.registers(), register_bits(form.b), &refs);
  add_sources(decoder, decoder.operand(3), c.registers(), register_bits(form.c), &refs);
  decoder.step().multiply_adds = form.shape.m * form.shape.n * form.shape.k;
  decoder.detail(form);
  decoder.emit(execute_product, refs);
}

}  // namespace cuda_sim
