// Makes the Program of one kernel: places registers, constants and variables, and decodes the
// instructions one after another.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/cuda_sim/machine/program.h"
#include "tests/cuda_sim/opcodes/decoder.h"

namespace cuda_sim {

class ProgramBuilder {
 public:
  using GlobalAddress = std::function<std::uint64_t(const ptx::Variable&)>;
  ProgramBuilder(std::shared_ptr<const ptx::Module> module, const ptx::Function& function,
                 GlobalAddress global_address);
  std::unique_ptr<Program> build();

 private:
  friend class Decoder;

  // Registers get their place when they are first used: nvcc declares many more than it uses.
  LaneRef register_place(std::uint32_t index);
  LaneRef place(std::uint32_t bits);
  LaneRef scratch(std::uint32_t bits);
  LaneRef constant(std::uint32_t bits, std::uint64_t value);
  void lay_out_variables();
  void decode_instruction(const ptx::Instruction& instruction);
  void finish_with_exit();

  std::unique_ptr<Program> program_;
  const ptx::Function& function_;
  GlobalAddress global_address_;
  std::map<std::string, std::pair<Space, std::uint64_t>> symbols_;
  std::vector<LaneRef> registers_;  // bits 0: not placed yet
  std::map<std::uint32_t, LaneRef> scratch_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, LaneRef> constants_;
  LaneRef carry_;
  std::uint32_t predicates_left_ = 0;  // free places in the present line of predicates
  std::uint32_t predicate_offset_ = 0;
  std::map<std::string, std::uint32_t> rendezvous_;  // by opcode and number of operands
};

// "void ns::kernel<64>(float*)" -> "ns::kernel<64>"; a name that is not mangled stays.
std::string demangle(const std::string& name);

}  // namespace cuda_sim
