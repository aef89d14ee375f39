// PTX text as data: what the parser found, with names resolved to indices, nothing executed yet.
// Source: the PTX ISA manual, chapters 4 (syntax), 5 (state spaces, types), 11 (directives).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cuda_sim::ptx {

enum class Space : std::uint8_t { kGeneric, kParam, kGlobal, kShared, kLocal, kConst };

// From .file and .loc, so present when nvcc ran with -lineinfo. line 0: unknown.
struct Location {
  std::uint32_t file = 0;  // key into Module::files
  std::uint32_t line = 0;
  // Where the function that holds the line was inlined; line 0: it was not.
  std::uint32_t caller_file = 0;
  std::uint32_t caller_line = 0;
};

// A variable in a state space, or a kernel parameter.
struct Variable {
  std::string name;
  Space space = Space::kGlobal;
  std::uint32_t align = 1;
  std::uint64_t bytes = 0;         // 0 for "extern .shared x[]"
  std::uint64_t offset = 0;        // parameters: position in the parameter buffer
  std::vector<std::byte> initial;  // empty, or `bytes` long
  bool is_extern = false;
};

struct Register {
  std::string name;      // "%r12", or a special register with its component: "%tid.x"
  std::uint32_t bits;    // 1 (.pred), 8, 16, 32, 64
  bool special = false;  // read-only, filled by the machine
};

struct Operand {
  enum class Kind : std::uint8_t {
    kRegister,   // reg
    kImmediate,  // bits, is_float
    kVector,     // elements: {%f1, %f2}
    kPair,       // elements: %r1|%p1, the two destinations of shfl, setp, match
    kAddress,    // [base + offset]: elements[0] is a kRegister, kSymbol or kImmediate; coordinates
                 // of a texture follow it
    kSymbol,     // name (+ offset): a variable, a function, a label
    kDiscard,    // _
  };
  Kind kind = Kind::kDiscard;
  bool negated = false;     // !%p1
  std::uint32_t reg = 0;    // index into Function::registers
  std::uint64_t bits = 0;   // integers in two's complement; 0f: 32 bits; 0d: 64 bits
  bool is_float = false;    // written as a floating-point literal
  bool is_double = false;   // written as 0d or decimal: bits holds a double
  std::string name;         // kSymbol
  std::int64_t offset = 0;  // kAddress, kSymbol
  std::vector<Operand> elements;
};

struct Instruction {
  std::string opcode;                  // as written: "ld.global.nc.v4.f32"
  std::vector<std::string> parts;      // opcode split at '.'; "::" stays inside a part
  std::optional<std::uint32_t> guard;  // predicate register
  bool guard_negated = false;
  std::vector<Operand> operands;
  Location location;
  std::uint32_t text_line = 0;  // in the PTX text
};

struct Function {
  std::string name;  // mangled
  bool is_entry = false;
  std::vector<Variable> parameters;
  std::uint64_t parameter_bytes = 0;
  std::vector<Variable> variables;  // .shared and .local declared inside
  std::vector<Register> registers;  // of all scopes; inner scopes get entries of their own
  std::vector<Instruction> code;
  std::map<std::string, std::uint32_t> labels;  // index into code; may equal code.size()
  std::map<std::string, std::vector<std::string>> branch_targets;  // .branchtargets lists
  std::uint32_t max_threads = 0;  // product of .maxntid or .reqntid, 0: not given
};

struct Module {
  std::string target;    // "sm_80", "sm_90a"
  std::uint32_t sm = 0;  // 80, 90
  std::map<std::uint32_t, std::string> files;
  std::vector<Variable> variables;  // module scope: .global, .const, .shared
  std::vector<Function> functions;

  const Function* find(std::string_view name) const;
  // "readout.cu:41", "mma_tile.cuh:12 (inlined at readout.cu:41)", or "ptx line 812" without line
  // information.
  std::string where(const Instruction& instruction) const;
};

// Not PTX, or PTX that this simulator does not know; the text names the line and the token.
struct ParseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Module parse(std::string_view text);

}  // namespace cuda_sim::ptx
