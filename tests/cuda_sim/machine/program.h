// A kernel ready to run: one Step per PTX instruction, its operands resolved to places where the
// values of a warp's 32 lanes lie side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/cuda_sim/ptx/module.h"

namespace cuda_sim {

class Warp;
using ptx::Space;

inline constexpr unsigned kLanes = 32;
inline constexpr std::uint32_t kAllLanes = 0xffffffffU;

// Where the 32 values of an operand lie. Values are unsigned integers of the register's width, lane
// 0 first (uint8/16/32/64 [32]); a predicate is one uint32 whose bit i is lane i.
struct LaneRef {
  std::uint32_t offset = 0;  // bytes, a multiple of 64 but for predicates (of 4)
  std::uint8_t bank = 0;     // 0: the warp's registers; 1: the program's constants
  std::uint8_t bits = 0;     // 1, 8, 16, 32, 64
  bool negated = false;      // of a predicate: read as its complement (!%p1)
};

// What a step does to the flow of its lanes. Everything but kNext is carried out by the scheduler.
enum class Flow : std::uint8_t {
  kNext,
  kBranch,         // to `target`
  kBranchIndexed,  // to targets[operands[0]]
  kExit,
  kBlockBarrier,    // see Barrier; runs no execute()
  kWarpCollective,  // execute() runs once all member lanes have arrived at it
};

struct Step;
// Runs a step for the lanes in warp.active (never empty). Destinations of other lanes stay as they
// are.
using Execute = void (*)(Warp& warp, const Step& step);

struct Step {
  Execute execute = nullptr;
  const LaneRef* operands = nullptr;  // meaning and order are the opcode's own
  std::uint8_t operand_count = 0;
  Flow flow = Flow::kNext;
  bool guarded = false;
  bool guard_negated = false;
  LaneRef guard;
  // Of kWarpCollective: operand with the member mask, or -1: every lane of the warp must come.
  std::int8_t member_operand = -1;
  // Lanes may meet at different steps if these have the same rendezvous (same opcode text).
  std::uint32_t rendezvous = 0;
  std::uint32_t target = 0;
  // Multiplications whose product is added to something: of a lane; of a matrix step the warp's.
  std::uint32_t multiply_adds = 0;
  Space space = Space::kGeneric;
  std::int64_t offset = 0;       // added to an address
  const void* detail = nullptr;  // the opcode's own decoded form, owned by the Program
  const ptx::Instruction* source = nullptr;
};

// detail of kBlockBarrier. operands: [barrier number, thread count (32-bit, optional)], then for a
// reduction the predicate and the destination (predicate, or 32 bits for kPopc).
struct Barrier {
  enum class Kind : std::uint8_t { kSync, kArrive, kPopc, kAnd, kOr };
  Kind kind = Kind::kSync;
  bool has_count = false;
  bool aligned = true;  // bar.sync, barrier.sync.aligned: the whole warp arrives together
};

// detail of kBranchIndexed.
struct BranchTable {
  std::vector<std::uint32_t> targets;
};

struct SpecialRegister {
  LaneRef where;
  std::string name;  // "%tid.x"
};

// Immutable once decoded. Belongs to one device, because addresses of global variables are in it.
struct Program {
  std::string name;       // mangled
  std::string demangled;  // for people
  std::shared_ptr<const ptx::Module> module;
  const ptx::Function* function = nullptr;
  std::vector<Step> steps;
  std::uint32_t register_bytes = 0;
  std::vector<std::byte> constants;
  std::vector<SpecialRegister> specials;
  std::uint32_t static_shared_bytes = 0;  // dynamic shared memory starts after it, aligned to 16
  std::uint32_t local_bytes = 0;          // per thread

  std::vector<std::unique_ptr<LaneRef[]>> operand_pool;
  std::deque<std::shared_ptr<const void>> details;
};

// Windows of generic addresses. Global memory lies below them.
inline constexpr std::uint64_t kSharedWindow = 0x0100'0000'0000'0000U;
inline constexpr std::uint64_t kLocalWindow = 0x0200'0000'0000'0000U;
inline constexpr std::uint64_t kWindowBytes = 0x0100'0000'0000'0000U;

}  // namespace cuda_sim
