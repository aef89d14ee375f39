// Atomic read-modify-write operations and memory fences (PTX ISA sections "atom", "red",
// "membar / fence").
//
// The machine runs one warp at a time, so every update is atomic in every scope; orders and fences
// only tell the race checks what is ordered. Weak-memory effects cannot be seen here.
#include <bit>
#include <cmath>
#include <limits>

#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/opcodes/address.h"
#include "tests/cuda_sim/opcodes/families.h"
#include "tests/cuda_sim/opcodes/half.h"

namespace cuda_sim {
namespace {

// New value of the memory from its old one and the operands, all in the low bits.
using Combine = std::uint64_t (*)(std::uint64_t old, std::uint64_t b, std::uint64_t c);

struct AtomicForm {
  Combine combine = nullptr;
  Combine combine_global = nullptr;  // add.f32 flushes subnormals in global memory only
  std::uint8_t bytes = 4;
  bool has_result = false;
  bool has_second = false;  // cas
  bool releases = false;    // Access::releases
};
// Step operands: address, b, [c], [d].

std::uint64_t op_and(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return old & b;
}
std::uint64_t op_or(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return old | b;
}
std::uint64_t op_xor(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return old ^ b;
}
std::uint64_t op_exchange(std::uint64_t, std::uint64_t b, std::uint64_t) {
  return b;
}
std::uint64_t op_compare_and_swap(std::uint64_t old, std::uint64_t b, std::uint64_t c) {
  return old == b ? c : old;
}
std::uint64_t op_add(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return old + b;
}
std::uint64_t op_increment(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return old >= b ? 0 : old + 1;
}
std::uint64_t op_decrement(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return old == 0 || old > b ? b : old - 1;
}

template <class T>
std::uint64_t op_min(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return static_cast<T>(b) < static_cast<T>(old) ? b : old;
}
template <class T>
std::uint64_t op_max(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return static_cast<T>(b) > static_cast<T>(old) ? b : old;
}

float as_float(std::uint64_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

std::uint64_t float_result(float value) {
  return std::isnan(value) ? 0x7fffffffU : std::bit_cast<std::uint32_t>(value);
}

float flush(float value) {
  return std::fabs(value) < std::numeric_limits<float>::min() ? std::copysign(0.0F, value) : value;
}

std::uint64_t op_add_f32(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return float_result(as_float(old) + as_float(b));
}
std::uint64_t op_add_f32_flushed(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return float_result(flush(flush(as_float(old)) + flush(as_float(b))));
}
std::uint64_t op_add_f64(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return std::bit_cast<std::uint64_t>(std::bit_cast<double>(old) + std::bit_cast<double>(b));
}

// The sum of two 16-bit numbers is exact in double, so it is rounded once.
std::uint64_t op_add_f16(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  const double sum = static_cast<double>(f16_to_float(static_cast<std::uint16_t>(old))) +
                     static_cast<double>(f16_to_float(static_cast<std::uint16_t>(b)));
  return encode(kF16, sum, Rounding::kNearestEven);
}
// Of bf16 it need not be (2^127 + 2^-133), but then the double is no tie of bf16 either.
std::uint64_t op_add_bf16(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  const double sum = static_cast<double>(bf16_to_float(static_cast<std::uint16_t>(old))) +
                     static_cast<double>(bf16_to_float(static_cast<std::uint16_t>(b)));
  return encode(kBf16, sum, Rounding::kNearestEven);
}
// Each half is atomic on its own; together in one step is one of the legal orders.
template <Combine kHalf>
std::uint64_t op_both_halves(std::uint64_t old, std::uint64_t b, std::uint64_t) {
  return kHalf(old & 0xffffU, b & 0xffffU, 0) |
         (kHalf((old >> 16) & 0xffffU, (b >> 16) & 0xffffU, 0) << 16);
}

std::uint64_t lane_bits(const Warp& warp, LaneRef where, unsigned lane) {
  switch (where.bits) {
    case 16:
      return warp.read<std::uint16_t>(where)[lane];
    case 32:
      return warp.read<std::uint32_t>(where)[lane];
    default:
      return warp.read<std::uint64_t>(where)[lane];
  }
}

void set_lane_bits(Warp& warp, LaneRef where, unsigned lane, std::uint64_t value) {
  switch (where.bits) {
    case 16:
      warp.write<std::uint16_t>(where)[lane] = static_cast<std::uint16_t>(value);
      return;
    case 32:
      warp.write<std::uint32_t>(where)[lane] = static_cast<std::uint32_t>(value);
      return;
    default:
      warp.write<std::uint64_t>(where)[lane] = value;
  }
}

void execute_atomic(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const AtomicForm*>(step.detail);
  std::uint64_t addresses[kLanes];
  lane_addresses(warp, step.operands[0], step.offset, addresses);
  const LaneRef b = step.operands[1];
  const LaneRef c = step.operands[form.has_second ? 2 : 1];
  const std::uint64_t mask =
      form.bytes == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8U * form.bytes)) - 1;
  Access access;
  access.space = step.space;
  access.bytes = form.bytes;
  access.is_volatile = true;
  access.releases = form.releases;
  std::uint64_t old[kLanes] = {};
  atomic(
      warp, step, access, addresses,
      [&](unsigned lane, std::uint64_t before) {
        const bool global = step.space == Space::kGlobal ||
                            (step.space == Space::kGeneric && addresses[lane] < kSharedWindow);
        const Combine combine = global ? form.combine_global : form.combine;
        return combine(before, lane_bits(warp, b, lane), lane_bits(warp, c, lane)) & mask;
      },
      old);
  if (!form.has_result) return;
  const LaneRef result = step.operands[step.operand_count - 1U];
  for_lanes(warp.active,
            [&](unsigned lane) { set_lane_bits(warp, result, lane, old[lane] & mask); });
}

Combine find_combine(const std::string& operation, const std::string& type) {
  struct Entry {
    std::string_view operation;
    std::string_view type;
    Combine combine;
  };
  static constexpr Entry kEntries[] = {
      {"and", "b32", op_and},
      {"and", "b64", op_and},
      {"or", "b32", op_or},
      {"or", "b64", op_or},
      {"xor", "b32", op_xor},
      {"xor", "b64", op_xor},
      {"exch", "b32", op_exchange},
      {"exch", "b64", op_exchange},
      {"cas", "b16", op_compare_and_swap},
      {"cas", "b32", op_compare_and_swap},
      {"cas", "b64", op_compare_and_swap},
      {"add", "u32", op_add},
      {"add", "s32", op_add},
      {"add", "u64", op_add},
      {"add", "s64", op_add},
      {"add", "f32", op_add_f32},
      {"add", "f64", op_add_f64},
      {"add", "f16", op_add_f16},
      {"add", "bf16", op_add_bf16},
      {"add", "f16x2", op_both_halves<op_add_f16>},
      {"add", "bf16x2", op_both_halves<op_add_bf16>},
      {"inc", "u32", op_increment},
      {"dec", "u32", op_decrement},
      {"min", "u32", op_min<std::uint32_t>},
      {"min", "s32", op_min<std::int32_t>},
      {"min", "u64", op_min<std::uint64_t>},
      {"min", "s64", op_min<std::int64_t>},
      {"max", "u32", op_max<std::uint32_t>},
      {"max", "s32", op_max<std::int32_t>},
      {"max", "u64", op_max<std::uint64_t>},
      {"max", "s64", op_max<std::int64_t>},
  };
  for (const Entry& entry : kEntries) {
    if (entry.operation == operation && entry.type == type) return entry.combine;
  }
  return nullptr;
}

// One of a list of modifiers, wherever it stands; empty when there is none.
std::string take_one(Decoder& decoder, std::initializer_list<std::string_view> list) {
  for (const std::string_view name : list) {
    if (decoder.take(name)) return std::string(name);
  }
  return {};
}

Space take_space(Decoder& decoder) {
  const std::string space = take_one(decoder, {"global", "shared", "shared::cta"});
  if (space.empty()) return Space::kGeneric;
  return space == "global" ? Space::kGlobal : Space::kShared;
}

void decode_update(Decoder& decoder, bool has_result) {
  AtomicForm form;
  const std::string order = take_one(decoder, {"relaxed", "acquire", "release", "acq_rel"});
  form.releases = order == "release" || order == "acq_rel";
  take_one(decoder, {"cta", "cluster", "gpu", "sys"});
  decoder.step().space = take_space(decoder);
  const bool noftz = decoder.take("noftz");
  const std::string operation = decoder.next();
  const std::string type_name = decoder.next();
  Type type;
  if (!Decoder::parse_type(type_name, &type)) decoder.unknown("no type '" + type_name + "'");
  form.combine = find_combine(operation, type_name);
  if (form.combine == nullptr) {
    decoder.unknown("no atomic '" + operation + "' of type '" + type_name + "'");
  }
  if (!has_result && (operation == "cas" || operation == "exch")) {
    decoder.unknown("red has no '" + operation + "'");
  }
  const bool is_half =
      type_name == "f16" || type_name == "bf16" || type_name == "f16x2" || type_name == "bf16x2";
  if (noftz != is_half) decoder.unknown("noftz goes with the 16-bit floating-point types only");
  form.combine_global = form.combine == op_add_f32 ? op_add_f32_flushed : form.combine;
  form.bytes = static_cast<std::uint8_t>(type.bits / 8);
  form.has_result = has_result;
  form.has_second = operation == "cas";

  const std::size_t first = has_result ? 1 : 0;
  std::vector<LaneRef> refs{decoder.address(decoder.operand(first)),
                            decoder.source(decoder.operand(first + 1), type)};
  if (form.has_second) refs.push_back(decoder.source(decoder.operand(first + 2), type));
  if (has_result) refs.push_back(decoder.destination(decoder.operand(0), type.bits));
  decoder.detail(form);
  decoder.emit(execute_atomic, refs);
}

void decode_atom(Decoder& decoder) {
  decode_update(decoder, true);
}

void decode_red(Decoder& decoder) {
  decode_update(decoder, false);
}

template <bool kBeyondBlock>
void execute_fence(Warp& warp, const Step&) {
  fence(warp, kBeyondBlock);
}

void emit_fence(Decoder& decoder, std::initializer_list<std::string_view> scopes) {
  const std::string scope = take_one(decoder, scopes);
  if (scope.empty()) decoder.unknown("no scope that is known");
  decoder.emit(scope == "cta" ? execute_fence<false> : execute_fence<true>, {});
}

void decode_membar(Decoder& decoder) {
  emit_fence(decoder, {"cta", "gl", "sys"});
}

void decode_fence(Decoder& decoder) {
  take_one(decoder, {"sc", "acq_rel"});
  emit_fence(decoder, {"cta", "cluster", "gpu", "sys"});
}

constexpr Opcode kOpcodes[] = {
    {"atom", decode_atom},
    {"red", decode_red},
    {"membar", decode_membar},
    {"fence", decode_fence},
};

}  // namespace

std::span<const Opcode> atomic_opcodes() {
  return kOpcodes;
}

}  // namespace cuda_sim
