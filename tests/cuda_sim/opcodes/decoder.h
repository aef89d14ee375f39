// From PTX instructions to Steps. An opcode family is one file that ends in its list of opcodes;
// opcode_families() in families.cpp names the families. To add an opcode, add it to its family's
// list; to add a form of one, extend its decode function. A modifier nobody took is an error that
// names the whole opcode: nothing is ever guessed.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cuda_sim/machine/program.h"

namespace cuda_sim {

// Names the opcode, the kernel and the source line.
struct UnknownOpcode : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Type suffix of an instruction: "f32" -> {kFloat, 32}.
struct Type {
  enum class Class : std::uint8_t { kBits, kUnsigned, kSigned, kFloat, kBfloat, kPredicate };
  Class kind = Class::kBits;
  std::uint32_t bits = 32;
  std::uint32_t packed = 1;  // 2 for f16x2, bf16x2 (bits is 32 then)
};

class Decoder;
struct Opcode {
  std::string_view name;  // first part of the opcode: "add"
  void (*decode)(Decoder& decoder);
};
std::span<const std::span<const Opcode>> opcode_families();

// Decodes one instruction: modifiers are taken one by one, operands turned into LaneRefs, and
// emit() finishes the step.
class Decoder {
 public:
  const ptx::Instruction& instruction() const { return *instruction_; }
  std::uint32_t sm() const;
  [[noreturn]] void unknown(const std::string& why = {}) const;  // throws UnknownOpcode

  // Modifiers, in any order. take: true and marks it used if present anywhere.
  bool take(std::string_view modifier);
  // The next unused modifier, marked used; unknown() when there is none.
  std::string next();
  // The first unused type suffix from the left, marked used; unknown() when there is none
  // ("cvt.rn.f32.s32": the first call gives f32, the second s32).
  Type type();
  static bool parse_type(std::string_view text, Type* out);

  // Operands as written; unknown() if there are not that many. emit() wants all of them asked for.
  const ptx::Operand& operand(std::size_t i) const;
  std::size_t operand_count() const { return instruction_->operands.size(); }
  // A register to write, of exactly `bits`; kDiscard gives a scratch register of `bits`.
  LaneRef destination(const ptx::Operand& operand, std::uint32_t bits);
  // The same of `bits` or wider: look at LaneRef::bits (ld and cvt extend to the register).
  LaneRef wide_destination(const ptx::Operand& operand, std::uint32_t bits);
  // A value to read: register of exactly the type's bits, or immediate / symbol address broadcast
  // to all lanes in the width and class of `type` (a floating literal is rounded to it).
  // LaneRef::negated carries !%p.
  LaneRef source(const ptx::Operand& operand, Type type);
  // The same, but a register may be wider than the type (PTX relaxed typing, for st and cvt): its
  // low bits count; look at LaneRef::bits.
  LaneRef wide_source(const ptx::Operand& operand, Type type);
  // Whether the operand is a predicate register.
  bool is_predicate(const ptx::Operand& operand) const;
  // The carry flag of add.cc and its kind: a predicate.
  LaneRef carry_flag();
  // [base + offset]: the base, 32- or 64-bit; the offset goes to step().offset. Symbols resolve to
  // their address in their space.
  LaneRef address(const ptx::Operand& operand);
  // The space of a symbol operand ("mov.u64 %rd1, shared_array").
  bool symbol(const std::string& name, Space* space, std::uint64_t* address) const;
  // The step that a label stands at.
  std::uint32_t label(const ptx::Operand& operand) const;
  // The steps that the labels of a .branchtargets list stand at.
  std::vector<std::uint32_t> branch_targets(const ptx::Operand& operand) const;

  // The step being made: set flow, space, member_operand, target as needed.
  Step& step() { return step_; }
  // Keeps the opcode's decoded form alive as long as the program, and points step().detail at it.
  template <class T>
  const T* detail(T value) {
    auto kept = std::make_shared<const T>(std::move(value));
    step_.detail = kept.get();
    keep(kept);
    return kept.get();
  }
  // Finishes: all modifiers must have been taken.
  void emit(Execute execute, std::span<const LaneRef> operands);
  void emit(Execute execute, std::initializer_list<LaneRef> operands) {
    emit(execute, std::span<const LaneRef>(operands.begin(), operands.size()));
  }

 private:
  friend class ProgramBuilder;
  Decoder(class ProgramBuilder& builder, const ptx::Instruction& instruction);
  void keep(std::shared_ptr<const void> value);

  class ProgramBuilder* builder_;
  const ptx::Instruction* instruction_;
  Step step_;
  std::vector<bool> used_parts_;
  mutable std::vector<bool> used_operands_;
  bool emitted_ = false;
};

// global_address: device address of a module-scope .global or .const variable.
// Throws UnknownOpcode.
std::unique_ptr<Program> decode(
    std::shared_ptr<const ptx::Module> module, const ptx::Function& function,
    const std::function<std::uint64_t(const ptx::Variable&)>& global_address);

}  // namespace cuda_sim
