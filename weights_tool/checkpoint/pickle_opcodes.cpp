#include "weights_tool/checkpoint/pickle_opcodes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "engine/base/checked_math.h"
#include "engine/base/error.h"

namespace corticast::weights {
namespace {

using A = Argument;

constexpr Opcode kOpcodes[] = {
    // What PyTorch writes, and what costs nothing to add.
    {'\x80', "PROTO", A::kU8, true},
    {'c', "GLOBAL", A::kTwoLines, true},
    {'q', "BINPUT", A::kU8, true},
    {'r', "LONG_BINPUT", A::kU32, true},
    {'h', "BINGET", A::kU8, true},
    {'j', "LONG_BINGET", A::kU32, true},
    {')', "EMPTY_TUPLE", A::kNone, true},
    {'t', "TUPLE", A::kNone, true},
    {'\x85', "TUPLE1", A::kNone, true},
    {'\x86', "TUPLE2", A::kNone, true},
    {'\x87', "TUPLE3", A::kNone, true},
    {'(', "MARK", A::kNone, true},
    {'}', "EMPTY_DICT", A::kNone, true},
    {'s', "SETITEM", A::kNone, true},
    {'u', "SETITEMS", A::kNone, true},
    {'X', "BINUNICODE", A::kBytesU32, true},
    {'J', "BININT", A::kI32, true},
    {'K', "BININT1", A::kU8, true},
    {'M', "BININT2", A::kU16, true},
    {'\x8a', "LONG1", A::kBytesU8, true},
    {'\x88', "NEWTRUE", A::kNone, true},
    {'\x89', "NEWFALSE", A::kNone, true},
    {'Q', "BINPERSID", A::kNone, true},
    {'R', "REDUCE", A::kNone, true},
    {'b', "BUILD", A::kNone, true},
    {'.', "STOP", A::kNone, true},
    {']', "EMPTY_LIST", A::kNone, true},
    {'e', "APPENDS", A::kNone, true},
    {'a', "APPEND", A::kNone, true},
    {'N', "NONE", A::kNone, true},
    {'T', "BINSTRING", A::kBytesU32, true},
    {'U', "SHORT_BINSTRING", A::kBytesU8, true},
    {'G', "BINFLOAT", A::kF64, true},
    {'\x95', "FRAME", A::kU64, true},
    {'\x94', "MEMOIZE", A::kNone, true},
    {'\x8c', "SHORT_BINUNICODE", A::kBytesU8, true},
    {'\x8d', "BINUNICODE8", A::kBytesU64, true},
    {'\x93', "STACK_GLOBAL", A::kNone, true},
    {'0', "POP", A::kNone, true},
    {'1', "POP_MARK", A::kNone, true},
    {'2', "DUP", A::kNone, true},
    {'l', "LIST", A::kNone, true},
    {'d', "DICT", A::kNone, true},
    {'L', "LONG", A::kLine, true},
    // Refused; decoded so that a scan can go on past them.
    {'I', "INT", A::kLine, false},
    {'F', "FLOAT", A::kLine, false},
    {'S', "STRING", A::kLine, false},
    {'V', "UNICODE", A::kLine, false},
    {'p', "PUT", A::kLine, false},
    {'g', "GET", A::kLine, false},
    {'P', "PERSID", A::kLine, false},
    {'i', "INST", A::kTwoLines, false},
    {'o', "OBJ", A::kNone, false},
    {'\x81', "NEWOBJ", A::kNone, false},
    {'\x92', "NEWOBJ_EX", A::kNone, false},
    {'\x82', "EXT1", A::kU8, false},
    {'\x83', "EXT2", A::kU16, false},
    {'\x84', "EXT4", A::kI32, false},
    {'\x8b', "LONG4", A::kBytesU32, false},
    {'B', "BINBYTES", A::kBytesU32, false},
    {'C', "SHORT_BINBYTES", A::kBytesU8, false},
    {'\x8e', "BINBYTES8", A::kBytesU64, false},
    {'\x96', "BYTEARRAY8", A::kBytesU64, false},
    {'\x8f', "EMPTY_SET", A::kNone, false},
    {'\x90', "ADDITEMS", A::kNone, false},
    {'\x91', "FROZENSET", A::kNone, false},
    {'\x97', "NEXT_BUFFER", A::kNone, false},
    {'\x98', "READONLY_BUFFER", A::kNone, false},
};

// Opcode of each byte value, nullptr for none.
const std::array<const Opcode*, 256>& by_code() {
  static const std::array<const Opcode*, 256> table = [] {
    std::array<const Opcode*, 256> made{};
    for (const Opcode& opcode : kOpcodes) made[static_cast<unsigned char>(opcode.code)] = &opcode;
    return made;
  }();
  return table;
}

}  // namespace

PickleReader::PickleReader(ByteSpan bytes, std::string where, std::uint64_t base)
    : bytes_(bytes), where_(std::move(where)), base_(base) {}

void PickleReader::refuse(std::uint64_t offset, const std::string& what) const {
  throw Error(ErrorCode::kModel, where_ + ", byte " + std::to_string(offset) + ": " + what,
              "Nothing was executed. corticast-weights scan lists what the file asks for.");
}

ByteSpan PickleReader::take(std::uint64_t count, std::uint64_t offset, const char* opcode) {
  if (!fits(position_, count, bytes_.size())) {
    refuse(offset, std::string(opcode) + " needs " + std::to_string(count) + " bytes, only " +
                       std::to_string(bytes_.size() - position_) + " remain");
  }
  const ByteSpan taken = bytes_.subspan(position_, count);
  position_ += count;
  return taken;
}

std::string_view PickleReader::line(std::uint64_t offset, const char* opcode) {
  const std::string_view rest = as_text(bytes_.subspan(position_));
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) {
    refuse(offset, std::string(opcode) + " is not ended by a newline");
  }
  position_ += end + 1;
  return rest.substr(0, end);
}

Instruction PickleReader::next() {
  Instruction made;
  made.offset = base_ + position_;
  if (position_ == bytes_.size()) refuse(made.offset, "the pickle ends without STOP");
  const auto code = static_cast<unsigned char>(bytes_[position_++]);
  made.opcode = by_code()[code];
  if (made.opcode == nullptr) {
    refuse(made.offset, "unknown pickle opcode " + std::to_string(code));
  }
  const char* name = made.opcode->name;
  const auto bytes = [&](std::uint64_t count) { return take(count, made.offset, name); };
  switch (made.opcode->argument) {
    case Argument::kNone:
      break;
    case Argument::kU8:
      made.number = load_le<std::uint8_t>(bytes(1).data());
      break;
    case Argument::kU16:
      made.number = load_le<std::uint16_t>(bytes(2).data());
      break;
    case Argument::kU32:
      made.number = load_le<std::uint32_t>(bytes(4).data());
      break;
    case Argument::kI32:
      made.number =
          static_cast<std::uint64_t>(std::int64_t{load_le<std::int32_t>(bytes(4).data())});
      break;
    case Argument::kU64:
      made.number = load_le<std::uint64_t>(bytes(8).data());
      break;
    case Argument::kF64:
      made.real = std::bit_cast<double>(__builtin_bswap64(load_le<std::uint64_t>(bytes(8).data())));
      break;
    case Argument::kBytesU8:
      made.text = as_text(bytes(load_le<std::uint8_t>(bytes(1).data())));
      break;
    case Argument::kBytesU32:
      made.text = as_text(bytes(load_le<std::uint32_t>(bytes(4).data())));
      break;
    case Argument::kBytesU64:
      made.text = as_text(bytes(load_le<std::uint64_t>(bytes(8).data())));
      break;
    case Argument::kLine:
      made.text = line(made.offset, name);
      break;
    case Argument::kTwoLines:
      made.text = line(made.offset, name);
      made.second = line(made.offset, name);
      break;
  }
  return made;
}

}  // namespace corticast::weights
