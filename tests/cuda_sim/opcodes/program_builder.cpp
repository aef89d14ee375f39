#include "tests/cuda_sim/opcodes/program_builder.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace cuda_sim {
namespace {

constexpr std::uint32_t kLine = 64;  // bytes; registers start at multiples of it

std::uint64_t align_up(std::uint64_t value, std::uint64_t align) {
  return (value + align - 1) / align * align;
}

void collect_symbols(const ptx::Operand& operand, std::set<std::string>* names) {
  if (operand.kind == ptx::Operand::Kind::kSymbol) names->insert(operand.name);
  for (const ptx::Operand& element : operand.elements) collect_symbols(element, names);
}

const std::map<std::string_view, const Opcode*>& opcode_table() {
  static const std::map<std::string_view, const Opcode*> table = [] {
    std::map<std::string_view, const Opcode*> result;
    for (const std::span<const Opcode> family : opcode_families()) {
      for (const Opcode& opcode : family) {
        if (!result.emplace(opcode.name, &opcode).second) {
          throw std::logic_error("opcode " + std::string(opcode.name) + " is in two families");
        }
      }
    }
    return result;
  }();
  return table;
}

}  // namespace

ProgramBuilder::ProgramBuilder(std::shared_ptr<const ptx::Module> module,
                               const ptx::Function& function, GlobalAddress global_address)
    : program_(std::make_unique<Program>()),
      function_(function),
      global_address_(std::move(global_address)),
      registers_(function.registers.size()) {
  program_->module = std::move(module);
  program_->function = &function;
  program_->name = function.name;
  program_->demangled = demangle(function.name);
}

std::unique_ptr<Program> ProgramBuilder::build() {
  lay_out_variables();
  program_->steps.reserve(function_.code.size() + 1);
  for (const ptx::Instruction& instruction : function_.code) decode_instruction(instruction);
  finish_with_exit();
  return std::move(program_);
}

void ProgramBuilder::lay_out_variables() {
  std::set<std::string> used;
  for (const ptx::Instruction& instruction : function_.code) {
    for (const ptx::Operand& operand : instruction.operands) collect_symbols(operand, &used);
  }
  std::uint64_t shared = 0;
  std::uint64_t local = 0;
  std::uint32_t dynamic_align = 0;
  std::vector<std::string> dynamic;
  const auto lay_out = [&](const ptx::Variable& variable) {
    if (variable.space == Space::kShared && variable.is_extern) {
      dynamic.push_back(variable.name);
      dynamic_align = std::max({dynamic_align, variable.align, 16U});
    } else if (variable.space == Space::kShared) {
      shared = align_up(shared, variable.align);
      symbols_[variable.name] = {Space::kShared, shared};
      shared += variable.bytes;
    } else if (variable.space == Space::kLocal) {
      local = align_up(local, variable.align);
      symbols_[variable.name] = {Space::kLocal, local};
      local += variable.bytes;
    } else if (variable.space == Space::kGlobal || variable.space == Space::kConst) {
      symbols_[variable.name] = {variable.space, global_address_(variable)};
    }
  };
  for (const ptx::Variable& parameter : function_.parameters) {
    symbols_[parameter.name] = {Space::kParam, parameter.offset};
  }
  // A kernel has only the module's variables that it uses.
  for (const ptx::Variable& variable : program_->module->variables) {
    if (used.count(variable.name) != 0) lay_out(variable);
  }
  for (const ptx::Variable& variable : function_.variables) lay_out(variable);
  if (dynamic_align != 0) shared = align_up(shared, dynamic_align);
  for (const std::string& name : dynamic) symbols_[name] = {Space::kShared, shared};
  program_->static_shared_bytes = static_cast<std::uint32_t>(shared);
  program_->local_bytes = static_cast<std::uint32_t>(local);
}

void ProgramBuilder::decode_instruction(const ptx::Instruction& instruction) {
  Decoder decoder(*this, instruction);
  const auto found = opcode_table().find(instruction.parts[0]);
  if (found == opcode_table().end()) decoder.unknown("no such opcode in the simulator");
  found->second->decode(decoder);
  if (!decoder.emitted_) {
    throw std::logic_error("the decoder of " + instruction.opcode + " made no step");
  }
}

// Labels may stand behind the last instruction, and a kernel may end without ret.
void ProgramBuilder::finish_with_exit() {
  Step step;
  step.flow = Flow::kExit;
  if (!program_->steps.empty()) step.source = program_->steps.back().source;
  program_->steps.push_back(step);
}

LaneRef ProgramBuilder::register_place(std::uint32_t index) {
  LaneRef& known = registers_[index];
  if (known.bits != 0) return known;
  const ptx::Register& declared = function_.registers[index];
  known = place(declared.bits);
  if (declared.special) program_->specials.push_back({known, declared.name});
  return known;
}

LaneRef ProgramBuilder::place(std::uint32_t bits) {
  LaneRef where;
  where.bits = static_cast<std::uint8_t>(bits);
  if (bits == 1) {
    if (predicates_left_ == 0) {
      predicates_left_ = kLine / 4;
      predicate_offset_ = program_->register_bytes;
      program_->register_bytes += kLine;
    }
    where.offset = predicate_offset_;
    predicate_offset_ += 4;
    --predicates_left_;
    return where;
  }
  where.offset = program_->register_bytes;
  program_->register_bytes += std::max(kLine, kLanes * bits / 8);
  return where;
}

LaneRef ProgramBuilder::scratch(std::uint32_t bits) {
  LaneRef& known = scratch_[bits];
  if (known.bits == 0) known = place(bits);
  return known;
}

LaneRef ProgramBuilder::constant(std::uint32_t bits, std::uint64_t value) {
  if (bits == 1) value = value != 0 ? kAllLanes : 0;
  if (bits < 64 && bits > 1) value &= (std::uint64_t{1} << bits) - 1;
  LaneRef& known = constants_[{bits, value}];
  if (known.bits != 0) return known;
  std::vector<std::byte>& bank = program_->constants;
  known.bank = 1;
  known.bits = static_cast<std::uint8_t>(bits);
  known.offset = static_cast<std::uint32_t>(bank.size());
  const std::size_t bytes = bits == 1 ? 4 : bits / 8;
  const std::size_t count = bits == 1 ? 1 : kLanes;
  bank.resize(bank.size() + std::max<std::size_t>(kLine, bytes * count));
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(bank.data() + known.offset + i * bytes, &value, bytes);
  }
  return known;
}

std::string demangle(const std::string& name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  std::string result = status == 0 ? text : name;
  std::free(text);
  if (status != 0 || !result.ends_with(')')) return result;
  // The parameter list is what the last parenthesis closes; a return type stands in front of
  // template kernels only.
  std::size_t depth = 0;
  std::size_t open = result.size();
  do {
    --open;
    if (result[open] == ')') ++depth;
    if (result[open] == '(') --depth;
  } while (depth > 0 && open > 0);
  result.resize(open);
  if (result.starts_with("void ")) result.erase(0, 5);
  return result;
}

std::unique_ptr<Program> decode(
    std::shared_ptr<const ptx::Module> module, const ptx::Function& function,
    const std::function<std::uint64_t(const ptx::Variable&)>& global_address) {
  return ProgramBuilder(std::move(module), function, global_address).build();
}

}  // namespace cuda_sim
