// Python's pickle opcodes, protocols 0 to 5, decoded one at a time. Source: CPython's pickletools.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"

namespace corticast::weights {

// How the bytes after an opcode are laid out.
enum class Argument : std::uint8_t {
  kNone,
  kU8,
  kU16,
  kU32,
  kI32,
  kU64,
  kF64,      // big-endian
  kBytesU8,  // length, then that many bytes
  kBytesU32,
  kBytesU64,
  kLine,  // up to a newline
  kTwoLines,
};

struct Opcode {
  char code;
  const char* name;
  Argument argument;
  bool accepted;  // in checkpoints; pickle_machine.cpp says what differs in metadata
};

struct Instruction {
  const Opcode* opcode = nullptr;
  std::uint64_t offset = 0;  // in the file or entry, for messages
  std::uint64_t number = 0;  // kU8..kU64; kI32 sign-extended
  double real = 0;           // kF64
  std::string_view text;     // kBytes*, kLine, first of kTwoLines; points into the input
  std::string_view second;   // second of kTwoLines
};

// Steps through one pickle. `where` names it in messages, `base` is the offset of its first byte
// there. Never reads outside `bytes`.
class PickleReader {
 public:
  PickleReader(ByteSpan bytes, std::string where, std::uint64_t base);

  // Throws Error{kModel} for an unknown opcode or when bytes are missing.
  Instruction next();
  std::uint64_t position() const { return position_; }  // bytes consumed
  [[noreturn]] void refuse(std::uint64_t offset, const std::string& what) const;

 private:
  ByteSpan take(std::uint64_t count, std::uint64_t offset, const char* opcode);
  std::string_view line(std::uint64_t offset, const char* opcode);

  ByteSpan bytes_;
  std::string where_;
  std::uint64_t base_;
  std::uint64_t position_ = 0;
};

}  // namespace corticast::weights
