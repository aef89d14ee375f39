// wmma.load, wmma.store and wmma.mma (PTX ISA section "wmma"). Sub-byte integers are unknown.
#include "tests/cuda_sim/opcodes/matrix.h"
#include "tests/cuda_sim/opcodes/matrix_product.h"
#include "tests/cuda_sim/opcodes/matrix_wmma_memory.h"

namespace cuda_sim {
namespace {

constexpr MatrixShape k16x16x16{16, 16, 16};
constexpr MatrixShape k32x8x16{32, 8, 16};
constexpr MatrixShape k8x32x16{8, 32, 16};
constexpr MatrixShape k16x16x8{16, 16, 8};
constexpr MatrixShape k8x8x4{8, 8, 4};

bool known_multiplicand(MatrixShape shape, Element element) {
  switch (element) {
    case Element::kF16:
    case Element::kBf16:
    case Element::kSigned8:
    case Element::kUnsigned8:
      return shape == k16x16x16 || shape == k32x8x16 || shape == k8x32x16;
    case Element::kTf32:
      return shape == k16x16x8;
    case Element::kF64:
      return shape == k8x8x4;
    default:
      return false;
  }
}

bool known_accumulator(MatrixShape shape, Element element) {
  switch (element) {
    case Element::kF16:
    case Element::kInt32:
      return known_multiplicand(shape, Element::kF16);
    case Element::kF32:
      return known_multiplicand(shape, Element::kF16) || shape == k16x16x8;
    case Element::kF64:
      return shape == k8x8x4;
    default:
      return false;
  }
}

bool needs_sm80(Element element) {
  return element == Element::kBf16 || element == Element::kTf32 || element == Element::kF64;
}

bool next_row_major(Decoder& decoder) {
  const std::string layout = decoder.next();
  if (layout != "row" && layout != "col") decoder.unknown("no matrix layout '" + layout + "'");
  return layout == "row";
}

void decode_memory(Decoder& decoder, bool is_load) {
  take_sync_aligned(decoder);
  decoder.step().space = Space::kGeneric;
  if (decoder.take("global")) decoder.step().space = Space::kGlobal;
  if (decoder.take("shared") || decoder.take("shared::cta")) decoder.step().space = Space::kShared;
  Fragment fragment;
  const std::string part = decoder.next();
  if (is_load ? part != "a" && part != "b" && part != "c" : part != "d") decoder.unknown();
  fragment.part = part == "a"   ? Fragment::Part::kA
                  : part == "b" ? Fragment::Part::kB
                                : Fragment::Part::kC;
  const bool row_major = next_row_major(decoder);
  fragment.shape = next_shape(decoder);
  fragment.element = next_element(decoder);
  const bool known = fragment.part == Fragment::Part::kC
                         ? known_accumulator(fragment.shape, fragment.element)
                         : known_multiplicand(fragment.shape, fragment.element);
  if (!known) decoder.unknown("no such shape and type");
  if (needs_sm80(fragment.element)) require_target(decoder, 80);
  const WmmaMemoryForm form = wmma_memory_form(fragment, row_major);

  ptx::Operand stride;
  stride.kind = ptx::Operand::Kind::kImmediate;
  stride.bits = form.line_bytes / form.element_bytes;
  if (decoder.operand_count() > 2) stride = decoder.operand(2);
  std::vector<LaneRef> refs{decoder.address(decoder.operand(is_load ? 1 : 0)),
                            decoder.source(stride, Type{Type::Class::kUnsigned, 32, 1})};
  const unsigned bits = register_bits(fragment.element);
  if (is_load) {
    add_destinations(decoder, decoder.operand(0), form.registers, bits, &refs);
  } else {
    add_sources(decoder, decoder.operand(1), form.registers, bits, &refs);
  }
  decoder.detail(form);
  decoder.emit(is_load ? execute_wmma_load : execute_wmma_store, refs);
}

// The f16 form names the types of D and C only; the others name all four.
void decode_types(Decoder& decoder, bool all, ProductForm* form) {
  form->d = next_element(decoder);
  if (all) {
    form->a = next_element(decoder);
    form->b = next_element(decoder);
  }
  form->c = next_element(decoder);
  const bool f16 = form->a == Element::kF16;
  bool agree = form->a == form->b && all != f16 && known_multiplicand(form->shape, form->a) &&
               known_accumulator(form->shape, form->c) && known_accumulator(form->shape, form->d);
  const auto is_half_or_float = [](Element element) {
    return element == Element::kF16 || element == Element::kF32;
  };
  if (f16) {
    agree = agree && is_half_or_float(form->c) && is_half_or_float(form->d);
  } else {
    const Element accumulator = is_integer8(form->a)       ? Element::kInt32
                                : form->a == Element::kF64 ? Element::kF64
                                                           : Element::kF32;
    agree = agree && form->c == accumulator && form->d == accumulator;
  }
  if (!agree) decoder.unknown("no such shape and types");
  if (needs_sm80(form->a)) require_target(decoder, 80);
}

void decode_product(Decoder& decoder) {
  take_sync_aligned(decoder);
  ProductForm form;
  form.saturate = decoder.take("satfinite");
  const bool rounding = decoder.take("rn");
  const std::size_t types =
      decoder.instruction().parts.size() - 7 - (form.saturate ? 1 : 0) - (rounding ? 1 : 0);
  next_row_major(decoder);  // the fragment is the same for both layouts
  next_row_major(decoder);
  form.shape = next_shape(decoder);
  if (types != 2 && types != 4) decoder.unknown("types neither of C and D nor of all four");
  decode_types(decoder, types == 4, &form);
  if (form.saturate && !is_integer8(form.a)) decoder.unknown("satfinite is known of integers only");
  if (rounding && form.a != Element::kF64) decoder.unknown("rn goes with f64 only");

  const unsigned a = wmma_registers({Fragment::Part::kA, form.shape, form.a});
  const unsigned b = wmma_registers({Fragment::Part::kB, form.shape, form.b});
  const unsigned c = wmma_registers({Fragment::Part::kC, form.shape, form.c});
  const unsigned d = wmma_registers({Fragment::Part::kC, form.shape, form.d});
  form.d_registers = static_cast<std::uint8_t>(d);
  form.a_registers = static_cast<std::uint8_t>(a);
  form.b_registers = static_cast<std::uint8_t>(b);
  std::vector<LaneRef> refs;
  add_destinations(decoder, decoder.operand(0), d, register_bits(form.d), &refs);
  add_sources(decoder, decoder.operand(1), a, register_bits(form.a), &refs);
  add_sources(decoder, decoder.operand(2), b, register_bits(form.b), &refs);
  add_sources(decoder, decoder.operand(3), c, register_bits(form.c), &refs);
  decoder.step().multiply_adds = form.shape.m * form.shape.n * form.shape.k;
  decoder.detail(form);
  decoder.emit(execute_product, refs);
}

}  // namespace

void decode_wmma(Decoder& decoder) {
  if (decoder.take("load")) {
    decode_memory(decoder, true);
  } else if (decoder.take("store")) {
    decode_memory(decoder, false);
  } else if (decoder.take("mma")) {
    decode_product(decoder);
  } else {
    decoder.unknown();
  }
}

}  // namespace cuda_sim
