#include "tests/cuda_sim/runtime/fat_binary.h"

#include <fatbinary_section.h>
#include <zstd.h>

#include <cstring>
#include <stdexcept>

namespace cuda_sim::runtime {
namespace {

constexpr std::uint32_t kContainerMagic = 0xBA55ED50U;
constexpr std::uint64_t kLz4 = 0x2000;
constexpr std::uint64_t kZstd = 0x8000;
constexpr std::uint64_t kArchitectureSpecific = 0x100000;
constexpr std::uint64_t kFamilySpecific = 0x200000;

struct ContainerHeader {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t header_bytes;
  std::uint64_t bytes;  // after this header
};

struct EntryHeader {
  std::uint16_t kind;  // 1: PTX, 2: ELF
  std::uint16_t version;
  std::uint32_t header_bytes;
  std::uint64_t bytes;         // of the data, padded
  std::uint32_t packed_bytes;  // of the data, when it is packed
  std::uint32_t options_offset;
  std::uint16_t minor;
  std::uint16_t major;
  std::uint32_t sm;
  std::uint32_t name_offset;
  std::uint32_t name_bytes;
  std::uint64_t flags;
  std::uint64_t unused;
  std::uint64_t unpacked_bytes;  // 0: not packed
};
static_assert(sizeof(EntryHeader) == 64);

[[noreturn]] void bad(const std::string& what) {
  throw std::runtime_error("fat binary: " + what + " (layouts of nvcc 12.4 to 13.0 are known)");
}

FatEntry describe(const EntryHeader& header, const std::byte* data) {
  FatEntry entry;
  entry.kind = header.kind == 1 ? FatEntry::Kind::kPtx : FatEntry::Kind::kMachineCode;
  entry.sm = header.sm;
  entry.architecture_specific = (header.flags & kArchitectureSpecific) != 0;
  entry.family_specific = (header.flags & kFamilySpecific) != 0;
  std::uint64_t bytes = header.bytes;
  if ((header.flags & kZstd) != 0) {
    entry.packing = FatEntry::Packing::kZstd;
  } else if ((header.flags & kLz4) != 0) {
    entry.packing = FatEntry::Packing::kLz4;
  }
  if (entry.packing != FatEntry::Packing::kNone) {
    if (header.packed_bytes > header.bytes) bad("an entry's packed size exceeds its size");
    bytes = header.packed_bytes;
    entry.unpacked_bytes = header.unpacked_bytes;
  } else {
    entry.unpacked_bytes = bytes;
  }
  entry.data = {data, bytes};
  return entry;
}

bool runs_on(const FatEntry& entry, std::uint32_t sm) {
  if (entry.architecture_specific) return entry.sm == sm;
  if (entry.family_specific) return entry.sm / 10 == sm / 10 && entry.sm <= sm;
  if (entry.kind == FatEntry::Kind::kMachineCode && entry.sm / 10 != sm / 10) return false;
  return entry.sm <= sm;
}

const FatEntry* choose(const std::vector<FatEntry>& entries, FatEntry::Kind kind,
                       std::uint32_t sm) {
  const FatEntry* best = nullptr;
  const auto rank = [](const FatEntry& e) {
    return e.sm * 4 + (e.architecture_specific ? 2U : 0U) + (e.family_specific ? 1U : 0U);
  };
  for (const FatEntry& entry : entries) {
    if (entry.kind != kind || !runs_on(entry, sm)) continue;
    if (best == nullptr || rank(entry) > rank(*best)) best = &entry;
  }
  return best;
}

}  // namespace

std::vector<FatEntry> fat_entries(const void* wrapper) {
  __fatBinC_Wrapper_t outer{};
  std::memcpy(&outer, wrapper, sizeof outer);
  if (outer.magic != FATBINC_MAGIC || outer.version != FATBINC_VERSION) {
    bad("wrapper of version " + std::to_string(outer.version) +
        "; relocatable device code (-rdc=true) is not supported");
  }
  const auto* at = reinterpret_cast<const std::byte*>(outer.data);
  ContainerHeader container{};
  std::memcpy(&container, at, sizeof container);
  if (container.magic != kContainerMagic || container.version != 1) bad("unknown container");
  at += container.header_bytes;
  const std::byte* const end = at + container.bytes;

  std::vector<FatEntry> entries;
  while (static_cast<std::size_t>(end - at) >= sizeof(EntryHeader)) {
    EntryHeader header{};
    std::memcpy(&header, at, sizeof header);
    const auto left = static_cast<std::uint64_t>(end - at);
    if (header.header_bytes < sizeof header || header.header_bytes > left ||
        header.bytes > left - header.header_bytes) {
      bad("an entry reaches past the container's end");
    }
    if (header.kind == 1 || header.kind == 2) {
      entries.push_back(describe(header, at + header.header_bytes));
    }
    at += header.header_bytes + header.bytes;
  }
  return entries;
}

std::string unpack(const FatEntry& entry) {
  std::string text;
  switch (entry.packing) {
    case FatEntry::Packing::kNone:
      text.assign(reinterpret_cast<const char*>(entry.data.data()), entry.data.size());
      break;
    case FatEntry::Packing::kZstd: {
      text.resize(entry.unpacked_bytes);
      const std::size_t bytes =
          ZSTD_decompress(text.data(), text.size(), entry.data.data(), entry.data.size());
      if (ZSTD_isError(bytes) != 0U) {
        bad(std::string("zstd: ") + ZSTD_getErrorName(bytes));
      }
      text.resize(bytes);
      break;
    }
    case FatEntry::Packing::kLz4:
      bad("an entry is packed with LZ4; compile with --compress-mode=default, size or none");
  }
  if (entry.kind == FatEntry::Kind::kPtx) text.resize(std::strlen(text.c_str()));
  return text;
}

const FatEntry* choose_ptx(const std::vector<FatEntry>& entries, std::uint32_t sm) {
  return choose(entries, FatEntry::Kind::kPtx, sm);
}

const FatEntry* choose_machine_code(const std::vector<FatEntry>& entries, std::uint32_t sm) {
  return choose(entries, FatEntry::Kind::kMachineCode, sm);
}

}  // namespace cuda_sim::runtime
