// ld, st and prefetch, PTX ISA 9.7.9: all state spaces, vectors of 2 and 4, cache hints. All checks
// are made behind load() and store() of machine/access.h.
#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/opcodes/address.h"
#include "tests/cuda_sim/opcodes/families.h"
#include "tests/cuda_sim/opcodes/lanes.h"

namespace cuda_sim {
namespace {

struct MemoryForm {
  Access access;
  std::uint32_t element = 4;  // bytes
  std::uint32_t count = 1;    // 1, 2, 4
  bool sign_extend = false;
};

constexpr std::uint32_t kMostBytes = 16;  // per lane

// Element `i` of each lane's values to a register as wide or wider.
template <class Register, class Element>
void scatter(Warp& warp, const MemoryForm& form, LaneRef to, const std::byte* values,
             std::uint32_t i) {
  const std::uint32_t stride = form.access.bytes;
  const std::byte* from = values + i * sizeof(Element);
  write_lanes<Register>(warp, to, [=](unsigned lane) {
    Element element;
    std::memcpy(&element, from + lane * stride, sizeof(Element));
    return static_cast<Register>(element);
  });
}

template <class Element, class Signed>
void scatter_to(Warp& warp, const MemoryForm& form, LaneRef to, const std::byte* values,
                std::uint32_t i) {
  if (to.bits == 8 * sizeof(Element)) {
    scatter<Element, Element>(warp, form, to, values, i);
  } else if (form.sign_extend) {
    if (to.bits == 16) scatter<std::int16_t, Signed>(warp, form, to, values, i);
    if (to.bits == 32) scatter<std::int32_t, Signed>(warp, form, to, values, i);
    if (to.bits == 64) scatter<std::int64_t, Signed>(warp, form, to, values, i);
  } else {
    if (to.bits == 16) scatter<std::uint16_t, Element>(warp, form, to, values, i);
    if (to.bits == 32) scatter<std::uint32_t, Element>(warp, form, to, values, i);
    if (to.bits == 64) scatter<std::uint64_t, Element>(warp, form, to, values, i);
  }
}

// operands: address, destinations.
void run_load(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const MemoryForm*>(step.detail);
  alignas(64) std::uint64_t addresses[kLanes];
  alignas(64) std::byte values[kLanes * kMostBytes];
  lane_addresses(warp, step.operands[0], step.offset, addresses);
  load(warp, step, form.access, addresses, values);
  for (std::uint32_t i = 0; i < form.count; ++i) {
    const LaneRef to = step.operands[i + 1];
    switch (form.element) {
      case 1:
        scatter_to<std::uint8_t, std::int8_t>(warp, form, to, values, i);
        break;
      case 2:
        scatter_to<std::uint16_t, std::int16_t>(warp, form, to, values, i);
        break;
      case 4:
        scatter_to<std::uint32_t, std::int32_t>(warp, form, to, values, i);
        break;
      default:
        scatter_to<std::uint64_t, std::int64_t>(warp, form, to, values, i);
    }
  }
}

// The low bytes of a register of any width into element `i` of each lane's values.
template <class Register, class Element>
void gather(const Warp& warp, const MemoryForm& form, LaneRef from, std::byte* values,
            std::uint32_t i) {
  const std::uint32_t stride = form.access.bytes;
  const Register* in = warp.read<Register>(from);
  std::byte* to = values + i * sizeof(Element);
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const Element element = static_cast<Element>(in[lane]);
    std::memcpy(to + lane * stride, &element, sizeof(Element));
  }
}

template <class Element>
void gather_from(const Warp& warp, const MemoryForm& form, LaneRef from, std::byte* values,
                 std::uint32_t i) {
  if (from.bits == 8) gather<std::uint8_t, Element>(warp, form, from, values, i);
  if (from.bits == 16) gather<std::uint16_t, Element>(warp, form, from, values, i);
  if (from.bits == 32) gather<std::uint32_t, Element>(warp, form, from, values, i);
  if (from.bits == 64) gather<std::uint64_t, Element>(warp, form, from, values, i);
}

// operands: address, sources.
void run_store(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const MemoryForm*>(step.detail);
  alignas(64) std::uint64_t addresses[kLanes];
  alignas(64) std::byte values[kLanes * kMostBytes];
  lane_addresses(warp, step.operands[0], step.offset, addresses);
  for (std::uint32_t i = 0; i < form.count; ++i) {
    const LaneRef from = step.operands[i + 1];
    switch (form.element) {
      case 1:
        gather_from<std::uint8_t>(warp, form, from, values, i);
        break;
      case 2:
        gather_from<std::uint16_t>(warp, form, from, values, i);
        break;
      case 4:
        gather_from<std::uint32_t>(warp, form, from, values, i);
        break;
      default:
        gather_from<std::uint64_t>(warp, form, from, values, i);
    }
  }
  store(warp, step, form.access, addresses, values);
}

Space take_space(Decoder& decoder) {
  if (decoder.take("global")) return Space::kGlobal;
  if (decoder.take("shared") || decoder.take("shared::cta")) return Space::kShared;
  if (decoder.take("local")) return Space::kLocal;
  if (decoder.take("const")) return Space::kConst;
  if (decoder.take("param") || decoder.take("param::entry")) return Space::kParam;
  return Space::kGeneric;
}

// Hints about caches change no result.
void take_cache_hints(Decoder& decoder) {
  for (const char* hint :
       {"ca", "cg", "cs", "lu", "cv", "wb", "wt", "L1::evict_normal", "L1::evict_unchanged",
        "L1::evict_first", "L1::evict_last", "L1::no_allocate", "L2::evict_first", "L2::evict_last",
        "L2::evict_normal", "L2::64B", "L2::128B", "L2::256B"}) {
    decoder.take(hint);
  }
}

// .weak, .volatile, or an order with its scope.
void take_order(Decoder& decoder, bool is_store, Access* access) {
  if (decoder.take("weak")) return;
  if (decoder.take("volatile") || decoder.take("mmio")) access->is_volatile = true;
  bool ordered = decoder.take("relaxed");
  if (is_store && decoder.take("release")) {
    ordered = true;
    access->releases = true;
  }
  if (!is_store && decoder.take("acquire")) ordered = true;
  if (ordered) {
    access->is_volatile = true;
    if (!decoder.take("cta") && !decoder.take("cluster") && !decoder.take("gpu") &&
        !decoder.take("sys")) {
      decoder.unknown("a memory order without its scope");
    }
  } else if (access->is_volatile) {
    decoder.take("relaxed");
    decoder.take("sys");
  }
}

MemoryForm take_form(Decoder& decoder, bool is_store) {
  MemoryForm form;
  form.access.space = take_space(decoder);
  take_order(decoder, is_store, &form.access);
  if (!is_store && decoder.take("nc")) {
    if (form.access.space != Space::kGlobal) decoder.unknown(".nc needs .global");
    form.access.read_only = true;
  }
  take_cache_hints(decoder);
  if (decoder.take("v2")) form.count = 2;
  if (decoder.take("v4")) form.count = 4;
  return form;
}

void take_type(Decoder& decoder, MemoryForm* form, Type* type) {
  *type = decoder.type();
  if (type->bits < 8 || type->packed != 1) decoder.unknown("not with this type");
  form->element = type->bits / 8;
  form->access.bytes = form->element * form->count;
  form->sign_extend = type->kind == Type::Class::kSigned;
  if (form->access.bytes > kMostBytes) decoder.unknown("more than 16 bytes at once");
  // The register side is untyped: any register of the width or wider.
  type->kind = Type::Class::kBits;
}

const ptx::Operand& element(const Decoder& decoder, const ptx::Operand& operand,
                            const MemoryForm& form, std::size_t i) {
  const bool vector = operand.kind == ptx::Operand::Kind::kVector;
  if (vector ? operand.elements.size() != form.count : form.count != 1) {
    decoder.unknown("a vector operand with another number of elements than the opcode");
  }
  return vector ? operand.elements[i] : operand;
}

void decode_ld(Decoder& decoder) {
  MemoryForm form = take_form(decoder, false);
  Type type;
  take_type(decoder, &form, &type);
  std::vector<LaneRef> operands = {decoder.address(decoder.operand(1))};
  for (std::size_t i = 0; i < form.count; ++i) {
    operands.push_back(
        decoder.wide_destination(element(decoder, decoder.operand(0), form, i), type.bits));
  }
  decoder.step().space = form.access.space;
  decoder.detail(form);
  decoder.emit(run_load, operands);
}

void decode_st(Decoder& decoder) {
  MemoryForm form = take_form(decoder, true);
  if (form.access.space == Space::kParam) {
    decoder.unknown("it passes an argument to a function, and calls are not implemented");
  }
  if (form.access.space == Space::kConst) decoder.unknown("constant memory cannot be written");
  Type type;
  take_type(decoder, &form, &type);
  std::vector<LaneRef> operands = {decoder.address(decoder.operand(0))};
  for (std::size_t i = 0; i < form.count; ++i) {
    operands.push_back(decoder.wide_source(element(decoder, decoder.operand(1), form, i), type));
  }
  decoder.step().space = form.access.space;
  decoder.detail(form);
  decoder.emit(run_store, operands);
}

// A hint: it neither changes memory nor faults.
void decode_prefetch(Decoder& decoder) {
  if (!decoder.take("global")) decoder.take("local");
  if (!decoder.take("L1") && !decoder.take("L2") && !decoder.take("L2::evict_last")) {
    decoder.take("L2::evict_normal");
  }
  const LaneRef address = decoder.address(decoder.operand(0));
  decoder.emit([](Warp&, const Step&) {}, {address});
}

}  // namespace

std::span<const Opcode> memory_opcodes() {
  static constexpr Opcode kOpcodes[] = {
      {"ld", decode_ld},
      {"st", decode_st},
      {"prefetch", decode_prefetch},
      {"prefetchu", decode_prefetch},
  };
  return kOpcodes;
}

}  // namespace cuda_sim
