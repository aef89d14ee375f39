#include "tests/cuda_sim/opcodes/decoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "tests/cuda_sim/opcodes/half.h"
#include "tests/cuda_sim/opcodes/program_builder.h"

namespace cuda_sim {
namespace {

// The bits of a floating-point literal in the given type.
std::uint64_t rounded_literal(const ptx::Operand& operand, Type type) {
  const double value =
      operand.is_double
          ? std::bit_cast<double>(operand.bits)
          : static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(operand.bits)));
  if (type.kind == Type::Class::kBfloat) return encode(kBf16, value, Rounding::kNearestEven);
  switch (type.bits) {
    case 16:
      return encode(kF16, value, Rounding::kNearestEven);
    case 32:
      return std::bit_cast<std::uint32_t>(static_cast<float>(value));
    default:
      return std::bit_cast<std::uint64_t>(value);
  }
}

}  // namespace

Decoder::Decoder(ProgramBuilder& builder, const ptx::Instruction& instruction)
    : builder_(&builder),
      instruction_(&instruction),
      used_parts_(instruction.parts.size()),
      used_operands_(instruction.operands.size()) {
  used_parts_[0] = true;
  step_.source = &instruction;
  if (instruction.guard) {
    step_.guarded = true;
    step_.guard_negated = instruction.guard_negated;
    step_.guard = builder.register_place(*instruction.guard);
  }
}

std::uint32_t Decoder::sm() const {
  return builder_->program_->module->sm;
}

void Decoder::unknown(const std::string& why) const {
  const Program& program = *builder_->program_;
  std::string message = program.module->where(*instruction_) + " in " + program.demangled +
                        ": unknown instruction " + instruction_->opcode;
  if (!why.empty()) message += ": " + why;
  throw UnknownOpcode(message);
}

bool Decoder::take(std::string_view modifier) {
  for (std::size_t i = 1; i < used_parts_.size(); ++i) {
    if (used_parts_[i] || instruction_->parts[i] != modifier) continue;
    used_parts_[i] = true;
    return true;
  }
  return false;
}

std::string Decoder::next() {
  const auto unused = std::find(used_parts_.begin(), used_parts_.end(), false);
  if (unused == used_parts_.end()) unknown("a modifier is missing at its end");
  *unused = true;
  return instruction_->parts[static_cast<std::size_t>(unused - used_parts_.begin())];
}

Type Decoder::type() {
  for (std::size_t i = 1; i < used_parts_.size(); ++i) {
    Type result;
    if (used_parts_[i] || !parse_type(instruction_->parts[i], &result)) continue;
    used_parts_[i] = true;
    return result;
  }
  unknown("a type is missing");
}

bool Decoder::parse_type(std::string_view text, Type* out) {
  using Class = Type::Class;
  static constexpr std::array<std::pair<std::string_view, Type>, 19> kTypes = {{
      {"b8", {Class::kBits, 8}},        {"b16", {Class::kBits, 16}},
      {"b32", {Class::kBits, 32}},      {"b64", {Class::kBits, 64}},
      {"u8", {Class::kUnsigned, 8}},    {"u16", {Class::kUnsigned, 16}},
      {"u32", {Class::kUnsigned, 32}},  {"u64", {Class::kUnsigned, 64}},
      {"s8", {Class::kSigned, 8}},      {"s16", {Class::kSigned, 16}},
      {"s32", {Class::kSigned, 32}},    {"s64", {Class::kSigned, 64}},
      {"f16", {Class::kFloat, 16}},     {"f32", {Class::kFloat, 32}},
      {"f64", {Class::kFloat, 64}},     {"f16x2", {Class::kFloat, 32, 2}},
      {"bf16", {Class::kBfloat, 16}},   {"bf16x2", {Class::kBfloat, 32, 2}},
      {"pred", {Class::kPredicate, 1}},
  }};
  for (const auto& [name, type] : kTypes) {
    if (name != text) continue;
    *out = type;
    return true;
  }
  return false;
}

const ptx::Operand& Decoder::operand(std::size_t i) const {
  if (i >= operand_count()) {
    unknown("operand " + std::to_string(i + 1) + " is missing");
  }
  used_operands_[i] = true;
  return instruction_->operands[i];
}

LaneRef Decoder::destination(const ptx::Operand& operand, std::uint32_t bits) {
  const LaneRef where = wide_destination(operand, bits);
  if (where.bits != bits) {
    unknown("a destination of " + std::to_string(where.bits) + " bits where " +
            std::to_string(bits) + " are written");
  }
  return where;
}

LaneRef Decoder::wide_destination(const ptx::Operand& operand, std::uint32_t bits) {
  if (operand.kind == ptx::Operand::Kind::kDiscard) return builder_->scratch(bits);
  if (operand.kind != ptx::Operand::Kind::kRegister || operand.negated ||
      builder_->function_.registers[operand.reg].special) {
    unknown("a destination that is not a register to write");
  }
  const LaneRef where = builder_->register_place(operand.reg);
  if (where.bits < bits || (where.bits == 1) != (bits == 1)) {
    unknown("register " + builder_->function_.registers[operand.reg].name + " of " +
            std::to_string(where.bits) + " bits where " + std::to_string(bits) + " are written");
  }
  return where;
}

bool Decoder::is_predicate(const ptx::Operand& operand) const {
  return operand.kind == ptx::Operand::Kind::kRegister &&
         builder_->function_.registers[operand.reg].bits == 1;
}

LaneRef Decoder::source(const ptx::Operand& operand, Type type) {
  const LaneRef where = wide_source(operand, type);
  if (where.bits != type.bits) {
    unknown("a source of " + std::to_string(where.bits) + " bits where " +
            std::to_string(type.bits) + " are read");
  }
  return where;
}

LaneRef Decoder::wide_source(const ptx::Operand& operand, Type type) {
  const bool floating = type.kind == Type::Class::kFloat || type.kind == Type::Class::kBfloat;
  switch (operand.kind) {
    case ptx::Operand::Kind::kRegister: {
      LaneRef where = builder_->register_place(operand.reg);
      if (where.bits < type.bits || (where.bits == 1) != (type.bits == 1)) {
        unknown("register " + builder_->function_.registers[operand.reg].name + " of " +
                std::to_string(where.bits) + " bits where " + std::to_string(type.bits) +
                " are read");
      }
      if (operand.negated && type.bits != 1) unknown("'!' before a register that is no predicate");
      where.negated = operand.negated;
      return where;
    }
    case ptx::Operand::Kind::kImmediate: {
      if (operand.negated) unknown("'!' before a number");
      if (!operand.is_float) {
        if (floating && type.packed == 1 && type.bits >= 32) {
          unknown("an integer literal where a floating-point value is read");
        }
        return builder_->constant(type.bits, operand.bits);
      }
      if (floating && type.packed == 1) {
        // An exact literal of the type keeps its bits, a NaN's payload included.
        const bool exact = type.bits == (operand.is_double ? 64U : 32U);
        return builder_->constant(type.bits, exact ? operand.bits : rounded_literal(operand, type));
      }
      if (type.kind != Type::Class::kBits || type.bits != (operand.is_double ? 64U : 32U)) {
        unknown("a floating-point literal where " + std::to_string(type.bits) +
                " bits of another class are read");
      }
      return builder_->constant(type.bits, operand.bits);
    }
    case ptx::Operand::Kind::kSymbol: {
      Space space{};
      std::uint64_t address = 0;
      if (!symbol(operand.name, &space, &address)) unknown("no variable is named " + operand.name);
      if (floating || (type.bits != 64 && type.bits != 32)) unknown("an address as a value");
      return builder_->constant(type.bits, address + static_cast<std::uint64_t>(operand.offset));
    }
    default:
      unknown("a vector, pair, address or '_' where a value is read");
  }
}

LaneRef Decoder::carry_flag() {
  if (builder_->carry_.bits == 0) builder_->carry_ = builder_->place(1);
  return builder_->carry_;
}

LaneRef Decoder::address(const ptx::Operand& operand) {
  if (operand.kind != ptx::Operand::Kind::kAddress || operand.elements.size() != 1) {
    unknown("an operand that is not an [address]");
  }
  const ptx::Operand& base = operand.elements.front();
  step_.offset = operand.offset;
  switch (base.kind) {
    case ptx::Operand::Kind::kRegister: {
      const LaneRef where = builder_->register_place(base.reg);
      if (where.bits != 32 && where.bits != 64) {
        unknown("an address register of " + std::to_string(where.bits) + " bits");
      }
      return where;
    }
    case ptx::Operand::Kind::kImmediate:
      if (base.is_float) unknown("a floating-point literal as an address");
      return builder_->constant(64, base.bits);
    case ptx::Operand::Kind::kSymbol: {
      Space space{};
      std::uint64_t address = 0;
      if (!symbol(base.name, &space, &address)) unknown("no variable is named " + base.name);
      return builder_->constant(64, address);
    }
    default:
      unknown("an address that is neither register, number nor variable");
  }
}

bool Decoder::symbol(const std::string& name, Space* space, std::uint64_t* address) const {
  const auto found = builder_->symbols_.find(name);
  if (found == builder_->symbols_.end()) return false;
  *space = found->second.first;
  *address = found->second.second;
  return true;
}

std::uint32_t Decoder::label(const ptx::Operand& operand) const {
  const auto& labels = builder_->function_.labels;
  const auto found = labels.find(operand.name);
  if (operand.kind != ptx::Operand::Kind::kSymbol || found == labels.end()) {
    unknown("a target that is not a label of the function");
  }
  return found->second;
}

std::vector<std::uint32_t> Decoder::branch_targets(const ptx::Operand& operand) const {
  const auto& lists = builder_->function_.branch_targets;
  const auto list = lists.find(operand.name);
  if (operand.kind != ptx::Operand::Kind::kSymbol || list == lists.end()) {
    unknown("no .branchtargets list is named " + operand.name);
  }
  std::vector<std::uint32_t> steps;
  for (const std::string& name : list->second) {
    const auto found = builder_->function_.labels.find(name);
    if (found == builder_->function_.labels.end()) unknown("no label is named " + name);
    steps.push_back(found->second);
  }
  return steps;
}

void Decoder::keep(std::shared_ptr<const void> value) {
  builder_->program_->details.push_back(std::move(value));
}

void Decoder::emit(Execute execute, std::span<const LaneRef> operands) {
  for (std::size_t i = 0; i < used_parts_.size(); ++i) {
    if (!used_parts_[i]) unknown("modifier ." + instruction_->parts[i] + " is not implemented");
  }
  const auto unread = std::find(used_operands_.begin(), used_operands_.end(), false);
  if (unread != used_operands_.end()) {
    unknown("operand " + std::to_string(unread - used_operands_.begin() + 1) +
            " is one more than is implemented");
  }
  step_.execute = execute;
  step_.operand_count = static_cast<std::uint8_t>(operands.size());
  auto kept = std::make_unique<LaneRef[]>(operands.size());
  std::copy(operands.begin(), operands.end(), kept.get());
  step_.operands = kept.get();
  Program& program = *builder_->program_;
  program.operand_pool.push_back(std::move(kept));
  if (step_.flow == Flow::kWarpCollective && step_.rendezvous == 0) {
    const auto fresh = static_cast<std::uint32_t>(builder_->rendezvous_.size() + 1);
    // With as many operands, so that lanes that meet can exchange them one by one.
    const std::string form = instruction_->opcode + "/" + std::to_string(operands.size());
    step_.rendezvous = builder_->rendezvous_.emplace(form, fresh).first->second;
  }
  program.steps.push_back(step_);
  emitted_ = true;
}

}  // namespace cuda_sim
