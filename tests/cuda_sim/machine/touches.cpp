#include "tests/cuda_sim/machine/touches.h"

#include "tests/cuda_sim/machine/race_cell.h"
#include "tests/cuda_sim/machine/shadow.h"

namespace cuda_sim {
namespace {

// The first byte of the range whose cell satisfies f, which says what the earlier side did.
template <class F>
std::optional<TouchedByte> find_cell(Memory& memory, std::uint64_t address, std::uint64_t bytes,
                                     F&& f) {
  const Memory::Shadow& shadow = memory.shadow();
  if (shadow.words.empty()) return std::nullopt;
  const auto* const words = shadow.words.as<const RaceCell>();
  const auto* const units = shadow.units.as<const RaceCell>();
  const std::uint64_t begin = address - memory.base();
  const std::uint64_t end = begin + bytes;
  for (std::uint64_t at = begin; at < end;) {
    const RaceCell& word = words[at / 4];
    const std::uint64_t next = word.split() ? at + 1 : at / 4 * 4 + 4;
    bool written = false;
    if (f(word.split() ? units[at] : word, &written)) {
      return TouchedByte{memory.base() + at, written};
    }
    at = next;
  }
  return std::nullopt;
}

// Both atomic or volatile, as far as can be told: of several readers at once it cannot.
bool may_be_strong(const RaceCell& cell) {
  return (cell.write & Stamp::kStrong) != 0 && (cell.read & (Stamp::kStrong | Stamp::kRow)) != 0;
}

}  // namespace

std::uint32_t next_serial(Memory& memory) {
  return memory.shadow().next_serial;
}

std::optional<TouchedByte> find_touch(Memory& memory, std::uint64_t address, std::uint64_t bytes,
                                      Serials by, bool writes_only) {
  if (by.empty()) return std::nullopt;
  return find_cell(memory, address, bytes, [&](const RaceCell& cell, bool* written) {
    *written = by.contains(cell.write_serial);
    return *written || (!writes_only && by.contains(cell.read_serial));
  });
}

std::optional<TouchedByte> find_conflict(Memory& memory, std::uint64_t address, std::uint64_t bytes,
                                         Serials earlier, Serials later) {
  if (earlier.empty() || later.empty()) return std::nullopt;
  return find_cell(memory, address, bytes, [&](const RaceCell& cell, bool* written) {
    *written = earlier.contains(cell.write_serial);
    const bool conflict = (*written && later.contains(cell.read_serial)) ||
                          (later.contains(cell.write_serial) && earlier.contains(cell.read_serial));
    return conflict && !may_be_strong(cell);
  });
}

}  // namespace cuda_sim
