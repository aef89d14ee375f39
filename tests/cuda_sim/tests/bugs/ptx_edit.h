// Small, strict changes to the PTX text of one kernel, to plant a bug that its source could have
// had. Text in, text out; nothing is executed. Understands the layout nvcc writes: one instruction
// per line, between the braces of an .entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cuda_sim::bugs {

// The kernel, instruction or text that an edit names is not there, or not unique; says what is.
struct EditError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr std::size_t kEvery = static_cast<std::size_t>(-1);

// Which instructions an edit is for: those whose opcode begins with `opcode`, whole parts of it
// ("st.global" means st.global.f32, not st.globally), counted from 0 in the order of the text.
struct Which {
  std::string opcode;
  std::size_t nth = 0;     // or kEvery: all of them, at least one
  std::string place = {};  // "pool.cu:41": only instructions of that source line; empty: any line
};

struct Edit {
  enum class Kind : std::uint8_t {
    kRemove,
    kReplace,
    kDropGuard,
    kShiftAddress,
    kInsertBefore,
    kInsertAfter,
  };
  Kind kind = Kind::kRemove;
  Which which;
  std::string from;  // kReplace
  std::string to;    // kReplace, kInsertBefore, kInsertAfter
  int bytes = 0;     // kShiftAddress
};

// The instruction is gone.
Edit remove(Which which);
// Within the instruction, its guard included: `from`, which must occur exactly once, becomes `to`.
Edit replace(Which which, std::string from, std::string to);
// "@%p1 st.global..." becomes unconditional.
Edit drop_guard(Which which);
// "[%rd1]" becomes "[%rd1+4]", "[%rd1+8]" becomes "[%rd1+12]". The instruction has one address.
Edit shift_address(Which which, int bytes);
// PTX put in front of the instruction (after it); may open a scope with registers of its own.
// $0, $1, ... stand for the operands of the instruction: of "ld.global.f32 %f1, [%rd2+4]" $1 is
// "[%rd2+4]".
Edit insert_before(Which which, std::string text);
Edit insert_after(Which which, std::string text);

// Only threads whose special register compares so carry the instruction out:
// only_where({"bar.sync", 0}, "%laneid", "lt", 16).
std::vector<Edit> only_where(const Which& which, const std::string& special,
                             const std::string& comparison, std::uint32_t value);
// Threads whose special register compares so return before the instruction.
Edit return_where(Which which, const std::string& special, const std::string& comparison,
                  std::uint32_t value);

// Applies the edits one after another to the only .entry whose mangled name contains `kernel`.
// Throws EditError.
std::string edit_kernel(std::string_view ptx, std::string_view kernel, std::span<const Edit> edits);

// True when exactly one .entry's mangled name contains `kernel`.
bool has_kernel(std::string_view ptx, std::string_view kernel);

}  // namespace cuda_sim::bugs
