#include "tests/cuda_sim/runtime/cubin.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace cuda_sim::runtime {
namespace {

template <class T>
bool take(const std::string& image, std::uint64_t offset, T* out) {
  if (offset > image.size() || image.size() - offset < sizeof(T)) return false;
  std::memcpy(out, image.data() + offset, sizeof(T));
  return true;
}

class Image {
 public:
  explicit Image(const std::string& bytes) : bytes_(bytes) {
    Elf64_Ehdr header{};
    if (!take(bytes, 0, &header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return;
    std::vector<Elf64_Shdr> sections(header.e_shnum);
    for (std::size_t i = 0; i < sections.size(); ++i) {
      if (!take(bytes, header.e_shoff + i * sizeof(Elf64_Shdr), &sections[i])) return;
    }
    if (header.e_shstrndx >= sections.size()) return;
    names_ = sections[header.e_shstrndx];
    for (const Elf64_Shdr& section : sections) {
      if (section.sh_type == SHT_SYMTAB) symbols_ = section;
    }
    if (symbols_.sh_link >= sections.size()) return;
    symbol_names_ = sections[symbols_.sh_link];
    sections_ = std::move(sections);
  }

  const std::vector<Elf64_Shdr>& sections() const { return sections_; }
  std::string name(const Elf64_Shdr& section) const { return name_at(names_, section.sh_name); }
  std::string symbol(std::uint32_t index) const {
    Elf64_Sym symbol{};
    const std::uint64_t at = symbols_.sh_offset + index * sizeof symbol;
    return take(bytes_, at, &symbol) ? name_at(symbol_names_, symbol.st_name) : "";
  }
  std::string content(const Elf64_Shdr& section) const {
    if (section.sh_type == SHT_NOBITS || section.sh_offset > bytes_.size()) return {};
    return bytes_.substr(section.sh_offset, section.sh_size);
  }

 private:
  std::string name_at(const Elf64_Shdr& strings, std::uint64_t offset) const {
    const std::uint64_t at = strings.sh_offset + offset;
    return at < bytes_.size() ? bytes_.c_str() + at : "";
  }

  const std::string& bytes_;
  std::vector<Elf64_Shdr> sections_;
  Elf64_Shdr names_{};
  Elf64_Shdr symbols_{};
  Elf64_Shdr symbol_names_{};
};

// Records of a section ".nv.info": format, attribute, a 16-bit size or value, then the content.
template <class Take>
void for_records(const std::string& info, const Take& taken) {
  constexpr std::uint8_t kSized = 4;  // others are 4 bytes in all
  struct Record {
    std::uint8_t format;
    std::uint8_t attribute;
    std::uint16_t bytes;
  } record{};
  for (std::uint64_t at = 0; take(info, at, &record);) {
    if (record.format == kSized) taken(record.attribute, at + 4, record.bytes);
    at += 4 + (record.format == kSized ? record.bytes : 0U);
  }
}

// Attributes, as cuobjdump names them.
constexpr std::uint8_t kMaxThreads = 0x05;  // of a kernel's own section: three dimensions
constexpr std::uint8_t kFrameSize = 0x11;   // of the common one: index of the symbol, value
constexpr std::uint8_t kMinStackSize = 0x12;
constexpr std::uint8_t kRegisterCount = 0x2f;

bool split(const std::string& section, const std::string& prefix, std::string* kernel) {
  if (section.rfind(prefix, 0) != 0) return false;
  *kernel = section.substr(prefix.size());
  return true;
}

void read_common(const Image& image, const std::string& info,
                 std::map<std::string, KernelCode>* kernels) {
  for_records(info, [&](std::uint8_t attribute, std::uint64_t at, std::uint16_t bytes) {
    std::uint32_t index = 0;
    std::uint32_t value = 0;
    if (bytes < 8 || !take(info, at, &index) || !take(info, at + 4, &value)) return;
    const auto found = kernels->find(image.symbol(index));
    if (found == kernels->end()) return;
    KernelCode& kernel = found->second;
    if (attribute == kRegisterCount) kernel.registers = value;
    if (attribute == kFrameSize || attribute == kMinStackSize) {
      kernel.stack_bytes = std::max(kernel.stack_bytes, value);
    }
  });
}

void read_own(const std::string& info, KernelCode* kernel) {
  for_records(info, [&](std::uint8_t attribute, std::uint64_t at, std::uint16_t) {
    std::uint32_t size[3];
    if (attribute == kMaxThreads && take(info, at, &size)) {
      kernel->block_threads = size[0] * size[1] * size[2];
    }
  });
}

}  // namespace

std::map<std::string, KernelCode> kernels_in(const std::string& bytes) {
  const Image image(bytes);
  std::map<std::string, KernelCode> kernels;
  std::string kernel;
  for (const Elf64_Shdr& section : image.sections()) {
    if (split(image.name(section), ".text.", &kernel)) {
      kernels[kernel].instructions = image.content(section);
    }
  }
  for (const Elf64_Shdr& section : image.sections()) {
    const std::string name = image.name(section);
    if (name == ".nv.info") {
      read_common(image, image.content(section), &kernels);
    } else if (split(name, ".nv.info.", &kernel)) {
      read_own(image.content(section), &kernels[kernel]);
    } else if (split(name, ".nv.shared.", &kernel) && kernels.count(kernel) != 0) {
      kernels[kernel].shared_bytes = static_cast<std::uint32_t>(section.sh_size);
    }
  }
  return kernels;
}

}  // namespace cuda_sim::runtime
