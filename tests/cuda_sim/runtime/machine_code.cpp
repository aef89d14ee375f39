#include "tests/cuda_sim/runtime/machine_code.h"

#include <elf.h>

#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace cuda_sim::runtime {
namespace {

template <class T>
bool take(const std::string& image, std::uint64_t offset, T* out) {
  if (offset > image.size() || image.size() - offset < sizeof(T)) return false;
  std::memcpy(out, image.data() + offset, sizeof(T));
  return true;
}

std::string name_at(const std::string& image, const Elf64_Shdr& strings, std::uint64_t offset) {
  const std::uint64_t at = strings.sh_offset + offset;
  return at < image.size() ? image.c_str() + at : "";
}

// The register counts of all kernels of an image: attribute 0x2f of section ".nv.info", which
// holds the index of the kernel's symbol and the count. Empty when the image is not laid out so.
std::map<std::string, std::uint32_t> registers_in(const std::string& image) {
  constexpr std::uint8_t kSized = 4;  // a record whose size follows; others are 4 bytes in all
  constexpr std::uint8_t kRegisterCount = 0x2f;
  std::map<std::string, std::uint32_t> registers;
  Elf64_Ehdr header{};
  if (!take(image, 0, &header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return {};
  std::vector<Elf64_Shdr> sections(header.e_shnum);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (!take(image, header.e_shoff + i * sizeof(Elf64_Shdr), &sections[i])) return {};
  }
  if (header.e_shstrndx >= sections.size()) return {};
  Elf64_Shdr symbols{};
  Elf64_Shdr info{};
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type == SHT_SYMTAB) symbols = section;
    if (name_at(image, sections[header.e_shstrndx], section.sh_name) == ".nv.info") info = section;
  }
  if (symbols.sh_link >= sections.size()) return {};
  struct Record {
    std::uint8_t format;
    std::uint8_t attribute;
    std::uint16_t bytes;
  } record{};
  for (std::uint64_t at = 0; at < info.sh_size;) {
    if (!take(image, info.sh_offset + at, &record)) return {};
    std::uint32_t symbol_index = 0;
    std::uint32_t count = 0;
    Elf64_Sym symbol{};
    if (record.format == kSized && record.attribute == kRegisterCount && record.bytes >= 8 &&
        take(image, info.sh_offset + at + 4, &symbol_index) &&
        take(image, info.sh_offset + at + 8, &count) &&
        take(image, symbols.sh_offset + symbol_index * sizeof symbol, &symbol)) {
      registers[name_at(image, sections[symbols.sh_link], symbol.st_name)] = count;
    }
    at += 4 + (record.format == kSized ? record.bytes : 0U);
  }
  return registers;
}

}  // namespace

std::uint32_t registers_of(const RegisteredKernel& kernel, std::uint32_t sm) {
  static std::mutex mutex;
  static auto* const images = new std::map<const FatEntry*, std::map<std::string, std::uint32_t>>;
  const FatEntry* const entry = choose_machine_code(kernel.binary->entries, sm);
  if (entry == nullptr) return 0;
  const std::lock_guard<std::mutex> lock(mutex);
  auto found = images->find(entry);
  if (found == images->end()) found = images->emplace(entry, registers_in(unpack(*entry))).first;
  const auto count = found->second.find(kernel.name);
  return count == found->second.end() ? 0 : count->second;
}

}  // namespace cuda_sim::runtime
