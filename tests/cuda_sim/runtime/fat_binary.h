// What nvcc embeds in an object file: a container of PTX and machine code of several architectures.
// Source of the layout: the wrapper is in fatbinary_section.h of the toolkit; the container's and
// its entries' headers are read off containers that nvcc 13.0 writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cuda_sim::runtime {

struct FatEntry {
  enum class Kind : std::uint8_t { kPtx, kMachineCode };
  enum class Packing : std::uint8_t { kNone, kZstd, kLz4 };
  Kind kind = Kind::kPtx;
  std::uint32_t sm = 0;                // 80, 90
  bool architecture_specific = false;  // 90a: for that architecture alone
  bool family_specific = false;        // 100f: for that family alone
  Packing packing = Packing::kNone;
  std::uint64_t unpacked_bytes = 0;
  std::span<const std::byte> data;  // in the object's own memory
};

// wrapper: what __cudaRegisterFatBinary is given. Throws std::runtime_error for a layout it does
// not know.
std::vector<FatEntry> fat_entries(const void* wrapper);

// The entry's PTX or machine code. Throws std::runtime_error that names a packing it cannot undo.
std::string unpack(const FatEntry& entry);

// The PTX that a driver would compile for compute capability sm: the highest not above it, an
// architecture-specific one only for its own. Null: there is none.
const FatEntry* choose_ptx(const std::vector<FatEntry>& entries, std::uint32_t sm);
// The machine code that runs on sm (same major version, minor not above), or null.
const FatEntry* choose_machine_code(const std::vector<FatEntry>& entries, std::uint32_t sm);

}  // namespace cuda_sim::runtime
